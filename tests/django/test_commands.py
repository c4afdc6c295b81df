"""The commands, as people and scripts call them."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from people import make_users
from rows import rows
from tenantry import Snapshot
from tenantry.django.resolution import available_tenants
from tenantry.django.tenants import create_tenant
from tenantry.django.verify import counts

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, its standard output and its error."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    return 0, out.getvalue(), err.getvalue()


def test_backfill_reports_what_it_did() -> None:
    make_users("Acme", "Acme", "東京")
    make_users("Globex", tier="gold")
    code, out, _ = run("backfill_tenants")
    assert code == 0
    assert out.startswith("4 users: 4 tenants made (run ")
    assert "slugs suffixed: 1" in out
    assert "unknown plan 'gold', now free: 1" in out
    code, out, _ = run("backfill_tenants")
    assert out.startswith("4 users: 0 tenants made, 4 had one")


def test_backfill_as_json_is_one_document() -> None:
    make_users("Acme")
    code, out, err = run("backfill_tenants", "--json", "--dry-run")
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["created"], report["run"], report["dry_run"]) == (1, None, True)
    assert counts().tenants == 0


def test_backfill_stops_at_a_user_in_error_and_says_what_stays() -> None:
    make_users("Acme", "Globex")
    make_users("Initech", business_domain="x" * 256)
    code, _, err = run("backfill_tenants", "--chunk-size", "1")
    assert code == 1
    assert f"{counts().tenants} tenants are made and stay" in err
    assert "domain" in err
    code, out, err = run("backfill_tenants", "--on-error", "skip", "--resume", "--json")
    assert (code, err) == (1, "1 users could not be given a tenant")
    assert json.loads(out)["errors"][0]["column"] == "domain"
    assert counts().tenants == 2
    assert len(json.loads(run("undo_backfill", "--list", "--json")[1])) == 1


def test_backfill_takes_the_fields_it_is_told() -> None:
    [user] = make_users("Acme", first_name="Ann")
    run("backfill_tenants", "--name", "first_name", "--plan", "")
    assert [one.tenant.name for one in available_tenants(user)] == ["Ann"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--chunk-size", "0"],
        ["--name", "company"],
        ["--on-error", "ignore"],
        ["--database", "nowhere"],
        ["--chunk-size", "5", "--atomic"],
    ],
)
def test_bad_usage_has_a_code_of_its_own(arguments: list[str]) -> None:
    code, _, err = run("backfill_tenants", *arguments)
    assert code in {1, 2}
    assert err
    assert counts().tenants == 0


def test_verify_counts_and_finds(ann: Any) -> None:
    code, out, err = run("verify_tenants")
    assert (code, err) == (1, "1 findings")
    assert out.splitlines() == [
        "1 users, 0 tenants, 0 memberships",
        f'user "{ann.pk}" has no membership',
    ]
    run("backfill_tenants")
    code, out, _ = run("verify_tenants")
    assert (code, out) == (0, "1 users, 1 tenants, 1 memberships\nevery promise holds\n")


def test_verify_as_json(ann: Any) -> None:
    code, out, _ = run("verify_tenants", "--json")
    assert code == 1
    assert json.loads(out) == {
        "users": 1,
        "tenants": 0,
        "memberships": 0,
        "findings": [{"kind": "user_without_membership", "user_key": str(ann.pk)}],
    }


def test_undo_lists_runs_and_takes_one_back() -> None:
    [user, _] = make_users("Acme", "Globex")
    assert run("undo_backfill", "--list")[1] == "no runs\n"
    assert run("undo_backfill")[0] == 2
    run("backfill_tenants")
    assert "2 tenants, done, by command" in run("undo_backfill", "--list")[1]
    rows.set_plan(available_tenants(user)[0].tenant, "pro")
    code, out, _ = run("undo_backfill", "--dry-run")
    assert "1 tenants would be removed, 1 kept" in out
    [row] = json.loads(run("undo_backfill", "--list", "--json")[1])
    number = row["pk"]
    assert row["tenants"] == 2
    code, out, _ = run("undo_backfill", "--run", str(number))
    assert code == 0
    assert out == f"run {number}: 1 tenants removed, 1 kept\n  acme of user {user.pk}: changed\n"
    [row] = json.loads(run("undo_backfill", "--list", "--json")[1])
    assert (row["tenants"], row["source"]) == (1, "command")
    assert row["undone_at"] is not None
    code, out, _ = run("undo_backfill", "--run", str(number), "--json")
    assert json.loads(out)["kept"][0]["reason"] == "changed"


def test_export_writes_a_snapshot_that_an_engine_reads(ann: Any, bob: Any, tmp_path: Any) -> None:
    import tenantry

    acme = create_tenant("Acme", ann, domain="acme.example", plan="pro")
    rows.rename(acme, "acme-corp")
    rows.set_active(create_tenant("Closed", ann), False)
    create_tenant("Bob's", bob)
    code, out, _ = run("export_tenants", str(ann.pk))
    assert code == 0
    snapshot = Snapshot.from_json(out)
    [carried] = snapshot.tenants
    assert (carried.name, carried.slug, carried.retired_slugs) == ("Acme", "acme-corp", ("acme",))
    with tenantry.Engine(tmp_path / "phone.db") as phone:
        phone.import_(snapshot)
        answer = phone.resolve(str(ann.pk), selected="acme")
    assert answer.tenant
    assert answer.tenant.slug == "acme-corp"
    assert answer.role == "owner"


def test_export_of_nobody_is_refused() -> None:
    for key in ("no-such-key", "4711"):
        code, _, err = run("export_tenants", key)
        assert code == 2
        assert key in err


def test_commands_run_on_the_database_they_are_told() -> None:
    code, _, err = run("verify_tenants", "--database", "nowhere")
    assert code != 0
    assert "nowhere" in err
