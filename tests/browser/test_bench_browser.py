"""The wait that the benchmark reports is the one that a student has."""

import pytest

from grading.bench_browser import Waits
from grading.browser import Explorer

DOT = "R0lGODlhAQABAIAAA{}AAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
SLOW_WIDGET = """<div id=view><strong>Slow</strong>
<div class=widget-inline-hbox><label class=widget-label>Speed</label>
<select><option>one<option>two</select></div>
<div class=widget-inline-hbox><label class=widget-label>Colour</label>
<select><option>one<option>two</select></div>
<p role=status>Ready.</p><figure><img src="data:image/gif;base64,FIRST"></figure></div>
<script>
document.querySelector("select").addEventListener("change", () => setTimeout(() => {
    document.querySelector("figure").innerHTML = '<img src="data:image/gif;base64,SECOND">';
}, 300));
</script>"""


def test_the_time_runs_from_the_move_to_the_new_picture(browser):
    page = browser.new_page()
    page.set_content(
        SLOW_WIDGET.replace("FIRST", DOT.format("A")).replace("SECOND", DOT.format("P"))
    )
    explorer = Explorer(page.locator("#view"))
    assert explorer.title() == "Slow" and explorer.controls() == ["Speed", "Colour"]
    assert explorer.time_move("Colour", patience_s=0.2) is None, "the picture stays the same"
    assert 0.3 <= explorer.time_move("Speed") < 3
    page.close()


@pytest.mark.parametrize(("seconds", "within"), [((0.1, 0.2, 0.9), True), ((0.1, 0.3, 0.4), False)])
def test_the_median_decides(seconds, within):
    assert Waits("99-none", "Slow", seconds).within_target is within
