"""How an agent hears and speaks, set in the studio."""

import pytest
from msgspec.structs import replace

from studio.client.speaking import read_speech
from studio.window.window import Window
from tests.studio.window.conftest import Room
from tests.studio.window.test_aloud import picture

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def test_an_agent_gets_a_voice_of_its_own(room: Room, window: Window) -> None:
    panel = window.house.speech
    window.desk.turn_drawer("speech")
    room.given_an_agent(panel.agency)
    room.until(lambda: "local" in panel.speaking.ticks and panel.models)
    assert panel.speaking.as_set.isChecked() and not panel.speaking.ticks["local"].isEnabled()
    assert "No model answered" in panel.models[0]
    picture(window, "speech-as-set")

    panel.speaking.as_set.click()
    voice = panel.speaking.voices["local"]
    voice.choose("en-gb")
    panel.speed.setText("20")
    panel.save()
    assert "between 50 and 200" in panel.status.text()
    panel.speed.setText("90")
    panel.settings = replace(panel.settings, languages={"it": {"speed": 80}})
    (says,) = panel.standby.words.values()
    says.setText("One moment, please.")
    panel.standby.ahead.click()
    panel.save()
    room.until(lambda: panel.status.text().startswith("Saved"))
    picture(window, "speech-saved")

    api, agent = window.connection.api, panel.agency.agent
    assert api is not None and agent is not None
    kept = room.run(read_speech(api, agent.id))
    assert (kept.text_to_speech, kept.voices, kept.speed) == (("local",), {"local": "en-gb"}, 90)
    assert kept.speech_to_text == (), "what was left alone is as the server is set"
    assert (kept.standby, kept.thinks_ahead) == ({"en-US": "One moment, please."}, False)
    assert kept.languages["it"]["speed"] == 80, "what it does not show stays"


def test_nobody_to_speak_with_is_told(room: Room, window: Window) -> None:
    panel = window.house.speech
    window.desk.turn_drawer("speech")
    room.given_an_agent(panel.agency)
    room.until(lambda: "local" in panel.speaking.ticks)
    if panel.speaking.as_set.isChecked():
        panel.speaking.as_set.click()
    for tick in panel.speaking.ticks.values():
        if tick.isChecked():
            tick.click()
    panel.save()
    assert panel.status.text().startswith("Tick somebody to speak with")
