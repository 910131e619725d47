"""No setting is asked for in vain: each field of a page is read by somebody."""

import re
from pathlib import Path

from recorder.settings.registry import built_in

ROOT = Path(__file__).parents[2]
PACKAGES = ("recorder", "gui", "hal")
DECLARED = re.compile(r"^    ([a-z]\w*): ", re.MULTILINE)
# As an attribute, or by a text that is the name.
READ = re.compile(r"\.([a-z]\w*)\b|[\"']([a-z]\w*)[\"']")
# By a name that is put together: `getattr(page, f"region_{number}_cells")`.
PUT_TOGETHER = re.compile(r"getattr\([^,()]+, f\"([a-z]\w*\{\w+\}\w*)\"")


def test_every_field_of_a_settings_page_is_read():
    sources = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    # Fields that a loop makes (one for each linkage or advice) are read by the name that the same loop gives.
    declared = {name for one in sources for name in DECLARED.findall(one)}
    read = {name for one in sources for found in READ.findall(one) for name in found}
    families = [re.compile(re.sub(r"\{\w+\}", r"\\w+", name)) for one in sources for name in PUT_TOGETHER.findall(one)]
    fields = {(page.about.name, name) for page in built_in() for name in page.model_fields if name in declared}
    assert len(fields) > 300
    unread = {(page, name) for page, name in fields if name not in read}
    assert not [f"{page}.{name}" for page, name in unread if not any(one.fullmatch(name) for one in families)]
