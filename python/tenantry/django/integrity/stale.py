"""Rows that others changed after they were loaded: saving one does not take the change back.

A form loads a membership, an admin revokes it, the form saves a new role: Django writes all fields, and the
membership is active again. So an instance knows what it was loaded or saved with, and a field that its holder
has not touched since keeps what is stored by now.

What was saved in a transaction that is rolled back was never stored, and is forgotten: the transaction can be
repeated with the same instances.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from django.db import connections, models, transaction

__all__ = [
    "Before",
    "RemembersWhatWasLoaded",
    "is_unguarded",
    "keep_untouched",
    "remember_saved",
    "told_columns",
    "unguarded",
    "was_loaded",
]


class RemembersWhatWasLoaded(models.Model):
    """A model whose instances know the values of `kept_fields` that they were loaded or saved with."""

    kept_fields: Collection[str] = ()
    """Names of columns in Python (`attname`) in which a change of others stands."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        """An instance of a row."""
        instance: Any = super().from_db(*args, **kwargs)
        own = instance.__dict__
        values = {name: own[name] for name in cls.kept_fields if name in own}
        instance._state.tenantry_stored = (_Stored(values, instance.pk),)
        return instance

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Any] | None = None,
    ) -> None:
        """Loads the row, or some of its fields, anew."""
        fields = None if fields is None else list(fields)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        state: Any = self._state
        known = stored(self)
        names = self.kept_fields if fields is None else _attnames(self, fields)
        values = {**(known.values if known else {}), **_values(self, names)}
        state.tenantry_stored = (_Stored(values, self.pk),)


class _Commit:
    """Whether the transaction in which an instance was saved was committed, rolled back, or is still open."""

    def __init__(self, using: str) -> None:
        self.using = using
        self.is_done = False
        transaction.on_commit(self, using=using)

    def __call__(self) -> None:
        self.is_done = True

    def is_rolled_back(self) -> bool:
        """Django forgets what was to be done at the commit of a transaction, or a savepoint, that is rolled
        back."""
        waiting = (function for _, function, *_ in reversed(connections[self.using].run_on_commit))
        return not self.is_done and not any(function is self for function in waiting)


class _Stored(NamedTuple):
    """What an instance was stored with: its columns, its primary key, and by which transaction."""

    values: Mapping[str, Any]
    key: Any
    commit: _Commit | None = None


def stored(instance: Any) -> _Stored | None:
    """What the instance was loaded or saved with last; None if it never was."""
    # In the state, which copies and pickles keep, and in which no field can be of the same name.
    state = instance._state
    found: tuple[_Stored, ...] = getattr(state, "tenantry_stored", ())
    while found and found[-1].commit is not None and found[-1].commit.is_rolled_back():
        found = found[:-1]
    if found and found[-1].commit is not None and found[-1].commit.is_done:
        found = (found[-1]._replace(commit=None),)
    state.tenantry_stored = found
    return found[-1] if found else None


def remember_saved(instance: Any, using: str) -> None:
    """Notes what the instance has now: it is what is stored, unless the open transaction is rolled back."""
    known = stored(instance)
    values = {**(known.values if known else {}), **_values(instance, instance.kept_fields)}
    before = getattr(instance._state, "tenantry_stored", ())
    instance._state.tenantry_stored = (*before, _Stored(values, instance.pk, _Commit(using)))


def was_loaded(instance: Any, using: str) -> bool:
    """Whether the row of this instance was there when it was loaded or saved, in this database."""
    known = stored(instance)
    is_same = known is not None and known.key is not None and known.key == instance.pk
    return is_same and not instance._state.adding and instance._state.db == using


def keep_untouched(
    instance: Any, row: Mapping[str, Any], told: Collection[str], using: str
) -> None:
    """Gives the instance what is stored in each column that is to be saved though its holder did not touch
    it, nor name it to `save()`."""
    known = stored(instance)
    if known is None or instance._state.db != using:
        return  # of a row of another database nothing is known
    own = instance.__dict__
    for name in instance.kept_fields:
        is_known = name in own and name in known.values and name not in told
        if is_known and own[name] == known.values[name] != row[name]:
            setattr(instance, name, row[name])


class Before:
    """What an instance was before it was saved, for when that is tried again or has failed."""

    def __init__(self, instance: Any) -> None:
        self.instance = instance
        self.state = {name: getattr(instance._state, name) for name in ("adding", "db")}
        model: Any = type(instance)
        names = {*_key_names(model), *instance.kept_fields}
        self.values = {name: instance.__dict__[name] for name in names if name in instance.__dict__}

    def restore(self) -> None:
        """Makes the instance that again."""
        self.instance._state.__dict__.update(self.state)
        # Not by `pk`: to set that of a child sets its parent's too.
        self.instance.__dict__.update(self.values)


@contextmanager
def unguarded(instance: Any) -> Iterator[None]:
    """Saves the instance in here without a guard, for code that keeps its promises by itself."""
    instance._state.tenantry_is_unguarded = True
    try:
        yield
    finally:
        del instance._state.tenantry_is_unguarded


def is_unguarded(instance: Any) -> bool:
    """Whether it is saved by such code."""
    return getattr(instance._state, "tenantry_is_unguarded", False)


def _values(instance: Any, names: Iterable[str]) -> dict[str, Any]:
    """What the instance has in these columns, but for those that were not loaded, and expressions, of
    which only the database knows the value."""
    own = instance.__dict__
    return {
        name: own[name]
        for name in names
        if name in own and not hasattr(own[name], "resolve_expression")
    }


def told_columns(instance: Any, update_fields: Collection[str] | None) -> set[str]:
    """The columns that the caller of `save()` has named. To be asked first: to look at a column that was not
    loaded loads it."""
    if update_fields is None:
        return set()
    named = _attnames(instance, update_fields)
    deferred = instance.get_deferred_fields()
    columns = {field.attname for field in instance._meta.concrete_fields if not field.primary_key}
    # Of an instance that was loaded in part, Django itself names all that were loaded.
    return set() if deferred and named == columns - deferred else named


@cache
def _key_names(model: Any) -> frozenset[str]:
    """The columns of its primary key, and of those of the parents that it is built on."""
    metas = [model._meta, *(parent._meta for parent in model._meta.get_parent_list())]
    links = (link for meta in metas for link in meta.parents.values() if link)
    return frozenset(field.attname for field in (*(meta.pk for meta in metas), *links))


def _attnames(instance: Any, names: Iterable[str]) -> set[str]:
    known = {field.name: field.attname for field in instance._meta.concrete_fields}
    return {known.get(name, name) for name in names}
