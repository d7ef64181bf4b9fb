"""The report on an imported folder: counts, skipped files and notes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from foundation.text import tr_plural
from gui.error_texts import path_of, sentence_of
from gui.format import show_integer
from gui.plots.legend import class_icon
from gui.teach_tab.import_notes import import_notes
from gui.teach_tab.samples import images_text
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_L_PX, GAP_XL_PX
from gui.widgets.basic import label, named, push_button
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Dialog
from gui.widgets.texts import worded
from vision.teaching.importing import FolderImport

_MAX_LISTED = 1000


class ImportReport(Dialog):
    """The images per class, unreadable files, duplicates, and possible typos in names."""

    def __init__(self, model: TeachModel, report: FolderImport, parent: QWidget) -> None:
        super().__init__("import_report", parent, title="Import")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._model, self._report = model, report
        classes = report.collection.classes
        title = label("card-title", "import_report_title", wrap=True)
        title.setText(
            tr_plural(
                "1 class with {images} was imported.",
                "{classes} classes with {images} were imported.",
                len(classes),
                classes=show_integer(len(classes)),
                images=images_text(report.collection.count),
            )
        )
        notes = import_notes(report, show_integer)
        text = label("label", "import_report_text", wrap=True)
        text.setText("\n".join(notes))
        text.setVisible(bool(notes))
        close_button = push_button("import_report_close", "primary", do=self.accept, text="Close")
        undo_button = push_button("import_report_undo", do=self._undo, text="Undo the import")
        vbox(
            title,
            self._make_counts(),
            text,
            *(self._unreadable() if report.unreadable else ()),
            hbox(STRETCH, undo_button, close_button),
            on=self,
            gap=GAP_L_PX,
            margins=GAP_XL_PX,
        )
        self.setFixedWidth(480)
        self.finished.connect(model.close_report)
        close_button.setFocus()

    def _make_counts(self) -> QListWidget:
        listed = worded(
            named(QListWidget(), "import_report_counts"),
            accessible_name="Images of each class",
            tip="",
        )
        # The card's colours, which are others where there were classes before.
        classes = self._model.state.collection.classes
        colours = {one.name.casefold(): one.colour for one in classes}
        for one in self._report.collection.classes:
            text = f"{one.name}: {show_integer(len(one.pictures))}"
            QListWidgetItem(class_icon(colours[one.name.casefold()]), text, listed)
        listed.setFixedHeight(min(26 * listed.count() + 8, 220))
        return listed

    def _undo(self) -> None:
        self._model.document.undo_stack.undo()
        self.accept()

    def showEvent(self, event: QShowEvent) -> None:
        """Adjust the height to the texts, measured with the style sheet."""
        super().showEvent(event)
        layout = self.layout()
        assert layout is not None
        self.setMinimumHeight(layout.totalHeightForWidth(self.width()))

    def _unreadable(self) -> tuple[QWidget, QWidget]:
        errors = self._report.unreadable
        title = label("strong")
        title.setText(
            tr_plural(
                "1 file is left out, as it cannot be read:",
                "{n} files are left out, as they cannot be read:",
                len(errors),
                n=show_integer(len(errors)),
            )
        )
        listed = worded(
            named(QListWidget(), "import_report_unreadable"),
            accessible_name="Files that are left out",
            tip="",
        )
        listed.setWordWrap(True)
        for error in errors[:_MAX_LISTED]:
            item = QListWidgetItem(sentence_of(error), listed)
            item.setToolTip(path_of(error))
        listed.setFixedHeight(min(26 * max(len(errors), 2) + 8, 140))
        return title, listed
