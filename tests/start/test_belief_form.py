"""The form stores every answer at once, and shows the stored ones when it is opened again."""

from sputnik_moment import beliefs
from sputnik_moment.widgets.start_here import NO_ANSWER, BeliefForm

CLAIMS = [("one", "Nvidia fell by 17 %."), ("two", "R1 was trained in two <months>.")]


def test_answers_are_stored_counted_and_shown_again(tmp_path):
    form = BeliefForm(CLAIMS, tmp_path)
    assert form.readout_text == "0 of 2 claims answered."
    form.controls["one"].value = "holds"
    form.controls["two"].value = "cannot tell"
    assert form.readout_text == "2 of 2 claims answered; stored in beliefs.json."
    assert beliefs.recall(tmp_path) == {"one": "holds", "two": "cannot tell"}
    again = BeliefForm(CLAIMS, tmp_path)
    assert again.controls["one"].value == "holds"
    again.controls["one"].value = NO_ANSWER
    assert beliefs.recall(tmp_path) == {"two": "cannot tell"}


def test_opening_the_form_writes_nothing(tmp_path):
    BeliefForm(CLAIMS, tmp_path)
    assert not list(tmp_path.iterdir())


def test_without_a_kernel_the_claims_are_a_list_and_html_is_escaped(tmp_path):
    bundle = BeliefForm(CLAIMS, tmp_path)._repr_mimebundle_()
    assert "<li>R1 was trained in two &lt;months&gt;.</li>" in bundle["text/html"]


def test_every_control_has_a_label(tmp_path):
    form = BeliefForm(CLAIMS, tmp_path)
    assert [control.description for control in form.controls.values()] == ["Claim 1", "Claim 2"]
