"""The addresses of this app."""

from django.urls import path

from services.volunteering import views

urlpatterns = [
    path("volunteer/", views.volunteer, name="volunteer"),
    path("volunteer/mine/", views.my_shifts, name="my-shifts"),
    path("volunteer/mine/<int:pk>/withdraw/", views.sign_up_withdraw, name="sign-up-withdraw"),
    path("shifts/<int:pk>/sign-up/", views.shift_sign_up, name="shift-sign-up"),
]
