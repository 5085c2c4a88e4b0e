"""The addresses of this app."""

from django.urls import path

from services.bookings import views

urlpatterns = [
    path("services/", views.service_list, name="service-list"),
    path("services/<slug:slug>/", views.service_detail, name="service-detail"),
    path("sessions/<int:pk>/book/", views.session_book, name="session-book"),
    path("counter/<slug:code>/guests/", views.counter_guests, name="counter-guests"),
    path("bookings/", views.booking_list, name="booking-list"),
    path("bookings/<int:pk>/cancel/", views.booking_cancel, name="booking-cancel"),
]
