"""What the training doctor's findings say."""

from __future__ import annotations

from gui.build_tab.output_panel.doctor_cards import advice_on
from model.insight import Finding


def test_a_loss_is_written_as_a_number_or_by_its_name() -> None:
    stuck = Finding("plateau", "warning", "", {"loss": 0.6931471805599453, "share": 0.002})
    assert "0.693" in advice_on(stuck).text
    values = {
        "loss": "binary_cross_entropy",
        "activation": "tanh",
        "fitting": "squared",
        "layer": 1,
    }
    misfit = advice_on(Finding("loss_misfit", "warning", "", values)).text
    assert "“Cross-entropy” reads outputs" in misfit
