"""A page with several forms for one row, each of which takes one step with it."""

from django.core.exceptions import ValidationError


def take_step(request, row, steps):
    """Run the step that was sent. Returns whether one was taken, and the forms by name to be shown, the sent one bound.

    `steps` are (form class, operation, more arguments of the form) by name; the operation is called as
    ``operation(row, by=…, **cleaned_data)``, and what it refuses stands in the form.
    """
    sent = request.POST.get("step") if request.method == "POST" else None
    forms = {name: form_class(prefix=name, **more) for name, (form_class, _run, more) in steps.items()}
    if sent not in steps:
        return False, forms
    form_class, run, more = steps[sent]
    forms[sent] = form = form_class(request.POST, request.FILES, prefix=sent, **more)
    if not form.is_valid():
        return False, forms
    try:
        run(row, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False, forms
    return True, forms
