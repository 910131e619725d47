"""The numbers and layouts of the GPIO device are those of the kernel's own header."""

import ctypes
import subprocess

import pytest

from hal.kernel import gpio
from tests.hal.fakes.gpio import STRUCTURES

CONSTANTS = {
    "GPIO_GET_CHIPINFO_IOCTL": gpio.GET_CHIPINFO,
    "GPIO_V2_GET_LINEINFO_IOCTL": gpio.GET_LINEINFO,
    "GPIO_V2_GET_LINE_IOCTL": gpio.GET_LINE,
    "GPIO_V2_LINE_GET_VALUES_IOCTL": gpio.GET_VALUES,
    "GPIO_V2_LINE_SET_VALUES_IOCTL": gpio.SET_VALUES,
    "GPIO_V2_LINE_FLAG_USED": gpio.USED,
    "GPIO_V2_LINE_FLAG_ACTIVE_LOW": gpio.ACTIVE_LOW,
    "GPIO_V2_LINE_FLAG_INPUT": gpio.INPUT,
    "GPIO_V2_LINE_FLAG_OUTPUT": gpio.OUTPUT,
    "GPIO_V2_LINE_FLAG_EDGE_RISING": gpio.EDGE_RISING,
    "GPIO_V2_LINE_FLAG_EDGE_FALLING": gpio.EDGE_FALLING,
    "GPIO_V2_LINE_FLAG_BIAS_PULL_UP": gpio.BIAS_PULL_UP,
    "GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN": gpio.BIAS_PULL_DOWN,
    "GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES": gpio.ATTRIBUTE_OUTPUT_VALUES,
    "GPIO_V2_LINE_ATTR_ID_DEBOUNCE": gpio.ATTRIBUTE_DEBOUNCE_US,
    "GPIO_V2_LINE_EVENT_RISING_EDGE": gpio.RISING_EDGE,
}


def compiled(tmp_path, body):
    source, program = tmp_path / "ask.c", tmp_path / "ask"
    source.write_text(
        "#include <linux/gpio.h>\n#include <sys/ioctl.h>\n#include <stddef.h>\n#include <stdio.h>\n"
        f"int main(void) {{\n{body}\nreturn 0; }}\n"
    )
    subprocess.run(["cc", "-o", program, source], check=True)
    said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
    return dict(line.split() for line in said.splitlines())


@pytest.mark.peer("cc")
def test_the_numbers_are_the_headers(tmp_path):
    body = "\n".join(f'printf("{name} %llu\\n", (unsigned long long){name});' for name in CONSTANTS)
    assert compiled(tmp_path, body) == {name: str(value) for name, value in CONSTANTS.items()}


@pytest.mark.peer("cc")
def test_the_fake_kernel_has_the_headers_layout(tmp_path):
    expected, body = {}, ""
    for name, structure in STRUCTURES.items():
        expected[name] = str(ctypes.sizeof(structure))
        body += f'printf("{name} %zu\\n", sizeof(struct {name}));\n'
        for field, _type in structure._fields_:
            if name == "gpio_v2_line_attribute" and field == "value":
                continue  # a union, without a name in the header
            expected[f"{name}.{field}"] = str(getattr(structure, field).offset)
            body += f'printf("{name}.{field} %zu\\n", offsetof(struct {name}, {field}));\n'
    assert compiled(tmp_path, body) == expected
