"""The page about the protocol tells every message with every field, and nothing that does not exist."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel, ValidationError

import engine.messages
from engine.messages import events as e
from engine.messages import live
from engine.messages import requests as r

PAGE = Path(engine.messages.__file__).with_name("README.md").read_text(encoding="utf-8")
REQUESTS = get_args(r.AnyRequest)
EVENTS = get_args(e.AnyEvent)
SECTIONS = {
    name: text
    for heading, text in re.findall(r"^### (.+)\n((?:(?!^##).*\n)*)", PAGE, re.MULTILINE)
    for name in heading.split(", ")
}


def kind_of(message: type[BaseModel]) -> str:
    return str(message.model_fields["kind"].default)


@pytest.mark.parametrize("message", [*REQUESTS, *EVENTS], ids=kind_of)
def test_that_a_message_is_told_with_all_its_fields(message):
    told = set(re.findall(r"`(\w+)`", SECTIONS[kind_of(message)]))
    assert set(message.model_fields) - {"kind"} <= told


def test_that_the_page_tells_no_message_that_does_not_exist():
    assert set(SECTIONS) == {kind_of(message) for message in (*REQUESTS, *EVENTS)}


def test_that_every_setting_is_told_with_all_its_fields():
    rows = dict(
        re.findall(
            r"^\| `(\w+)` \| (.+)$", PAGE.partition("## Settings")[2].partition("## ")[0], re.MULTILINE
        )
    )
    settings = {kind_of(setting): setting for setting in get_args(live.AnySetting)}
    assert set(rows) == set(settings)
    for kind, setting in settings.items():
        assert set(setting.model_fields) - {"kind"} <= set(re.findall(r"`(\w+)`", rows[kind]))


def test_that_the_parts_of_a_description_are_told():
    told = set(re.findall(r"`(\w+)`", SECTIONS["description"]))
    for part in (e.SectionDescription, e.InsertedMechanism, e.MechanismKind, e.VariableKind):
        assert set(part.model_fields) <= told


def test_that_the_page_is_of_this_version():
    assert f"is the version of this page: **{e.PROTOCOL_VERSION}**" in PAGE


def test_that_no_two_messages_have_the_same_kind():
    kinds = [kind_of(message) for message in (*REQUESTS, *EVENTS)]
    assert len(set(kinds)) == len(kinds)


def test_that_a_log_out_of_order_and_a_density_without_a_value_are_not_even_sent():
    later, earlier = (
        live.AppliedSetting(time=time, setting=live.Temperature(celsius=20)) for time in (2.0, 1.0)
    )
    with pytest.raises(ValidationError, match="order of their times"):
        r.Run.model_validate(
            {
                "run_id": "a",
                "experiment": {"circuit": {"path": "c"}},
                "base": "b",
                "settings": [later, earlier],
            }
        )
    with pytest.raises(ValidationError, match="either a factor or a value"):
        live.ChannelDensity.model_validate(
            {"cell": {"population": "a", "node_id": 0}, "variable": "g_pas", "factor": 1, "value": 1}
        )
