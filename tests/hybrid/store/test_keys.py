"""Covers hybrid.store.keys: made, shown once, kept as a digest, rotated, revoked, expired."""

import pytest
from sqlalchemy import text

from hybrid.errors import ConfigError, KeyRefusedError
from hybrid.store.keys import Keys


@pytest.fixture
def keys(store):
    return Keys(store.database)


def test_a_key_opens_the_doors_of_its_tenant_only(keys):
    made = keys.create("ada", label="robot", scopes=("read",))
    principal = keys.admit(made.secret)
    assert (principal.tenant, principal.key, principal.scopes) == ("ada", made.key.id, ("read",))


def test_the_secret_is_nowhere_in_the_store(store, keys):
    secret = keys.create("ada").secret.rpartition("_")[2]
    with store.database.read() as session:
        rows = str(session.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in rows


@pytest.mark.parametrize(
    "change", [lambda key: key[:-1], lambda key: key[:-1] + "!", lambda key: "", lambda key: key[4:]]
)
def test_what_is_no_good_key_is_refused_without_saying_why(keys, change):
    made = keys.create("ada")
    with pytest.raises(KeyRefusedError) as caught:
        keys.admit(change(made.secret))
    assert made.key.id not in str(caught.value)


def test_the_secret_of_another_key_does_not_fit(keys):
    one, other = keys.create("ada"), keys.create("bob")
    mixed = f"hyb_{one.key.id}_{other.secret.split('_', 2)[2]}"
    with pytest.raises(KeyRefusedError):
        keys.admit(mixed)


def test_rotation_gives_a_new_key_and_ends_the_old_one(keys):
    old = keys.create("ada", label="robot", scopes=("read", "metrics"))
    new = keys.rotate(old.key.id)
    assert (new.key.tenant, new.key.label, new.key.scopes) == ("ada", "robot", ("read", "metrics"))
    assert keys.admit(new.secret).tenant == "ada"
    with pytest.raises(KeyRefusedError):
        keys.admit(old.secret)


def test_rotation_may_leave_the_old_key_good_for_a_while(keys):
    old = keys.create("ada")
    keys.rotate(old.key.id, grace_hours=1)
    assert keys.admit(old.secret).tenant == "ada"


def test_revoking_ends_a_key_at_once_and_it_cannot_be_rotated(keys):
    made = keys.create("ada")
    assert keys.any_active()
    assert not keys.revoke(made.key.id).active
    assert not keys.any_active()
    with pytest.raises(KeyRefusedError):
        keys.admit(made.secret)
    with pytest.raises(ConfigError, match="no longer good"):
        keys.rotate(made.key.id)


def test_keys_are_listed_with_their_last_use_and_without_secrets(keys):
    made = keys.create("ada")
    keys.create("bob")
    keys.admit(made.secret)
    [listed] = keys.listing(tenant="ada")
    assert listed.used_at is not None
    assert len(keys.listing()) == 2


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("tenant", {"tenant": "Ada Lovelace"}),
        ("scopes", {"tenant": "ada", "scopes": ("all",)}),
        ("scopes", {"tenant": "ada", "scopes": ()}),
        ("days", {"tenant": "ada", "days": -1.0}),
        ("label", {"tenant": "ada", "label": "x" * 201}),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_by_field(keys, field, asked):
    with pytest.raises(ConfigError) as caught:
        keys.create(**asked)
    assert caught.value.field == field


def test_unknown_key_is_refused_by_name(keys):
    with pytest.raises(ConfigError, match="nowhere"):
        keys.revoke("nowhere")
