"""The worker's side of training: features, head and evaluation."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from gui.teach_tab.evaluation import Evaluation, evaluate
from gui.teach_tab.state import Busy, HeadRun, Step
from gui.teach_tab.teaching import (
    Head,
    TeachSettings,
    has_learned_held_out,
    head_after_training,
    start_head,
    taught_data,
    training_key,
)
from model.training import Snapshot, Trainer
from vision.teaching.collection import Collection
from vision.teaching.feature_cache import FeatureCache
from vision.teaching.features import NO_AUGMENTATION, Backbone, Features, extract_features
from vision.teaching.splitting import split

Publish = Callable[["Progress"], None]


@dataclass(frozen=True, eq=False)
class Progress:
    """A worker's progress, and the training run so far, if any."""

    busy: Busy
    run: HeadRun | None = None


@dataclass(frozen=True, eq=False)
class HeadTrainingResult:
    """The result of a training, or of evaluating a head from a file.

    Attributes
    ----------
    collection, settings
        Classes and settings of the training or evaluation.
    features
        Features of all images.
    head, run
        The head, and its training run; `run` is ``None`` if the head was only evaluated.
    evaluation
        Evaluation of the head on held-out images.
    began_anew
        Whether an earlier head was dropped because it had learned from images held out now.
    """

    collection: Collection
    settings: TeachSettings
    features: Features
    head: Head
    run: HeadRun | None
    evaluation: Evaluation
    began_anew: bool = False


def features_of(
    collection: Collection,
    settings: TeachSettings,
    should_stop: Callable[[], bool],
    publish: Publish,
) -> Features | None:
    """Return the features of all images, using the cache; ``None`` if stopped."""
    pictures = collection.pictures()
    augmented = set(pictures) - split(collection) if settings.augmentation.kinds else set()
    return extract_features(
        list(pictures.values()),
        Backbone,
        should_stop,
        lambda done, total: publish(Progress(Busy(Step.FEATURES, done, total))),
        FeatureCache(),
        settings.augmentation if augmented else NO_AUGMENTATION,
        augmented,
    )


def teach(
    collection: Collection,
    settings: TeachSettings,
    previous: Head | None,
    should_stop: Callable[[], bool],
    publish: Publish,
) -> HeadTrainingResult | None:
    """Train a head on a collection; when stopped, keep the epochs done.

    Returns
    -------
    The result, or ``None`` if stopped while the features were computed.

    Raises
    ------
    VisionError, ModelError
        If nothing can be learned from the collection.
    """
    started = time.perf_counter()
    features = features_of(collection, settings, should_stop, publish)
    if features is None:
        return None
    taught = teach_features(collection, features, settings, previous, should_stop, publish)
    assert taught.run is not None  # it was trained
    seconds = time.perf_counter() - started
    return replace(taught, run=replace(taught.run, seconds=seconds))


def teach_features(
    collection: Collection,
    features: Features,
    settings: TeachSettings,
    previous: Head | None,
    should_stop: Callable[[], bool],
    publish: Publish,
) -> HeadTrainingResult:
    """Train a head on a collection's computed features; see `teach`."""
    started = time.perf_counter()
    head = start_head(collection, settings, previous)
    data = taught_data(collection, features, head)
    trainer = Trainer(head.experiment, data.dataset)
    run = HeadRun(total=settings.epochs)
    run = _with_epoch(run, trainer.snapshot(), len(data.test))
    while run.epoch < settings.epochs and not run.diverged and not should_stop():
        before = trainer.epoch
        snapshot = trainer.step_epoch(should_stop)
        if trainer.epoch <= before:
            # Stopped in the midst of an epoch, or the loss ran away and the last good one is back.
            run = replace(run, diverged=not should_stop())
            break
        run = _with_epoch(run, snapshot, len(data.test))
        seconds = time.perf_counter() - started
        run = replace(
            run,
            epochs_per_second=run.epoch / seconds if seconds else 0.0,
            diverged=not math.isfinite(run.train_loss[-1]),
        )
        publish(Progress(Busy(Step.TRAINING, run.epoch, run.total), run))
    reached = head_after_training(head, trainer, data, training_key(collection, settings))
    judged = evaluate(reached, data)
    run = replace(run, is_over=True, seconds=time.perf_counter() - started)
    anew = previous is not None and has_learned_held_out(previous, collection)
    return HeadTrainingResult(collection, settings, features, reached, run, judged, anew)


def evaluate_stored_head(
    collection: Collection,
    settings: TeachSettings,
    head: Head,
    should_stop: Callable[[], bool],
    publish: Publish,
) -> HeadTrainingResult | None:
    """Evaluate a head read from a file; return ``None`` if stopped."""
    features = features_of(collection, settings, should_stop, publish)
    if features is None:
        return None
    data = taught_data(collection, features, head)
    return HeadTrainingResult(collection, settings, features, head, None, evaluate(head, data))


def _with_epoch(run: HeadRun, snapshot: Snapshot, held_out: int) -> HeadRun:
    validation = (snapshot.test_loss, snapshot.test_accuracy) if held_out else (None, None)
    loss, accuracy = validation
    return replace(
        run,
        train_loss=(*run.train_loss, snapshot.train_loss),
        train_accuracy=(*run.train_accuracy, snapshot.train_accuracy),
        validation_loss=run.validation_loss if loss is None else (*run.validation_loss, loss),
        validation_accuracy=(
            run.validation_accuracy if accuracy is None else (*run.validation_accuracy, accuracy)
        ),
    )
