"""The left column: a card per class, and buttons to add classes."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from foundation.text import tr, tr_plural
from gui.format import show_integer, show_part
from gui.teach_tab.camera_menus import RecordingMenu
from gui.teach_tab.class_card import ClassCard
from gui.teach_tab.samples import images_text
from gui.teach_tab.state import TeachState
from gui.teach_tab.teach_model import TeachModel
from gui.theme import GAP_M_PX, GAP_S_PX, GAP_XL_PX, IconLabel, icon
from gui.widgets.basic import (
    ColumnScroll,
    attach_menu,
    label,
    push_button,
    set_role,
    tool_button,
)
from gui.widgets.dialogs import ask_for_folder
from gui.widgets.layouts import STRETCH, hbox, vbox
from gui.widgets.panel import Panel

_WIDE_PX = 350


class ClassesPanel(Panel):
    """The list of classes, with buttons to add, import and record."""

    def __init__(self, model: TeachModel) -> None:
        super().__init__("classes_panel")
        self._model = model
        self._state = model.state
        self._cards: dict[int, ClassCard] = {}
        self._title, self._count = label("title", text="Classes"), label("label", "classes_count")
        self.import_button = push_button(
            "import_folder",
            "",
            "small",
            icon("folder-open", "t1"),
            self.ask_folder,
            accessible_name="Import folder per class",
            tip="A folder that holds one folder of images for each class",
        )
        self.add_button = push_button(
            "add_class", "dashed", "wide", icon("plus", "t1"), self._add_class, text="Add a class"
        )
        self.nothing_button = push_button(
            "add_nothing_class",
            "link",
            do=lambda: model.add_class(model.nothing_name),
            text="Add a class for “nothing”",
            tip="Images of the empty scene: without them the network has to name one of the "
            "classes also where there is none",
        )
        self._invitation = label(
            "hint-text",
            "classes_invitation",
            wrap=True,
            text="A class is what the network is to tell from others: a pen, a cup, an empty "
            "table. Give each its images: add files, drop them, paste, or record from a camera. A "
            "folder that holds a folder for each class can be dropped as a whole.",
        )
        self.recording_button = tool_button(
            "recording_settings",
            "dashed",
            "wide",
            icon("video-camera", "t2"),
            accessible_name="Recording",
            tip="Which camera records, how often, and whether as a mirror shows it",
        )
        attach_menu(self.recording_button, RecordingMenu(model, self.recording_button))
        self._foot = label("hint", "classes_foot", wrap=True)
        self.column = ColumnScroll("classes_scroll")
        self._lay_out()
        set_role(self, role="panel", side="left")
        self.retranslate()
        self.show_state(model.state)

    def _lay_out(self) -> None:
        head = hbox(
            self._title,
            self._count,
            STRETCH,
            self.import_button,
            gap=GAP_M_PX,
            margins=(GAP_XL_PX, GAP_M_PX + 2, GAP_XL_PX, 0),
        )
        column = QWidget()
        self._list = vbox(
            hbox((self.add_button, 1), self.recording_button, gap=GAP_M_PX),
            self._invitation,
            (self.nothing_button, 0, Qt.AlignmentFlag.AlignLeft),
            STRETCH,
            on=column,
            gap=GAP_M_PX + 2,
            margins=(GAP_XL_PX, GAP_M_PX + 2, GAP_XL_PX, GAP_M_PX),
        )
        self.column.setWidget(column)
        foot = hbox(
            (IconLabel(14, "lock-simple", "t3"), 0, Qt.AlignmentFlag.AlignTop),
            (self._foot, 1),
            gap=GAP_M_PX,
            margins=(GAP_XL_PX, GAP_S_PX, GAP_XL_PX, GAP_M_PX + 2),
        )
        vbox(head, (self.column, 1), foot, on=self, gap=0, margins=0)

    # -- Showing -----------------------------------------------------------------------------------

    def show_state(self, state: TeachState) -> None:
        """Show the classes in order."""
        old, self._state = self._state, state
        is_other = state.collection is not old.collection or not self._cards
        if is_other:
            self._show_cards(state)
        if is_other or state.recording is not old.recording:
            for card in self._cards.values():
                card.show_state(state)
        if is_other or state.held_out is not old.held_out:
            self.retranslate()

    def _show_cards(self, state: TeachState) -> None:
        old, self._cards = self._cards, {}
        for place, one in enumerate(state.collection.classes):
            card = old.pop(one.key, None) or ClassCard(self._model, one)
            self._cards[one.key] = card
            if self._list.indexOf(card) != place:
                self._list.insertWidget(place, card)
        for card in old.values():
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        stops = (stop for card in self._cards.values() for stop in card.stops)
        order = [self.import_button, *stops, self.add_button, self.recording_button]
        order.append(self.nothing_button)
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def card(self, key: int) -> ClassCard:
        """Return the card of a class."""
        return self._cards[key]

    def card_of(self, widget: QWidget | None) -> ClassCard | None:
        """Return the card that contains a widget; ``None`` if there is none."""
        cards = self._cards.values()
        return next((one for one in cards if widget and one.isAncestorOf(widget)), None)

    # -- Actions -----------------------------------------------------------------------------------

    def _add_class(self) -> None:
        key = self._model.add_class()
        if key is not None:
            self._cards[key].begin_rename()
            self.column.ensureWidgetVisible(self.add_button)

    def ask_folder(self) -> None:
        """Let the user choose a folder of class folders."""
        title, then = tr("Import a folder"), self._model.import_folder
        ask_for_folder(self.window(), title, "import_folder_dialog", then)

    # -- Texts -------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        """Set every text in the current language."""
        self.refit()
        collection, held = self._state.collection, self._state.held_out_count
        classes, images = len(collection.classes), collection.count
        self._count.setText(f"{show_integer(classes)} · {images_text(images)}" if classes else "")
        text = tr("Images stay on this computer.")
        if images:
            train = collection.included.count - held
            split = tr_plural(
                "{train} train the head, 1 is held out to test it.",
                "{train} train the head, {held} are held out to test it.",
                held,
                train=show_part(train),
                held=show_part(held),
            )
            text = f"{text} {split}"
        self._foot.setText(text)
        nothing = self._model.nothing_name.casefold()
        has_nothing = any(one.name.casefold() == nothing for one in collection.classes)
        self._invitation.setVisible(not classes)
        self.nothing_button.setVisible(classes >= 2 and not has_nothing)

    def refit(self) -> None:
        """Shorten the import button's text in a narrow column."""
        is_wide = self.width() >= _WIDE_PX
        text = tr("Import folder per class") if is_wide else tr("Import…")
        self.import_button.setText(text)
