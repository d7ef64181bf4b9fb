"""What the command line does with experiments: plain functions, so that `main.py` only wires."""

from model.command.arguments import (
    add_check_arguments,
    add_export_arguments,
    add_lessons_arguments,
    add_lottery_arguments,
    add_sweep_arguments,
    add_trace_arguments,
    add_train_arguments,
    require_apart,
    to_keep,
)
from model.command.check import check_command, check_text, lessons_command, lessons_text
from model.command.lottery import lottery_command, lottery_text
from model.command.run import export_command, train_command, train_text
from model.command.sweep import sweep_command, sweep_text
from model.command.trace import trace_command, trace_json, trace_text
from model.command.wanted import experiment_for

__all__ = [
    "add_check_arguments",
    "add_export_arguments",
    "add_lessons_arguments",
    "add_lottery_arguments",
    "add_sweep_arguments",
    "add_trace_arguments",
    "add_train_arguments",
    "check_command",
    "check_text",
    "experiment_for",
    "export_command",
    "lessons_command",
    "lessons_text",
    "lottery_command",
    "lottery_text",
    "require_apart",
    "sweep_command",
    "sweep_text",
    "to_keep",
    "trace_command",
    "trace_json",
    "trace_text",
    "train_command",
    "train_text",
]
