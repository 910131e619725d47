"""A model of the chips with the LTC4259A's register map, on a bus that can be lost.

It reacts as the data sheets say: push-buttons (18, 19, 1A), events that reading clears, off before on, modes, enables,
and TI's habit of forgetting detection when a port is switched off. Its steps and ids stand here again, on purpose: a
wrong one in the driver would not cancel out.
"""

from hal.simulated.pse import Phase, Trouble

CHIPS = {
    # volts and amps a step, vendor id, device id, quads at an address, addresses, words, TI
    "ltc4266": (5.835e-3, 122.07e-6, 0x64, 0x10, 1, 1, False, False),
    "ltc4291": (5.835e-3, 122.07e-6, 0x64, 0x38, 1, 1, False, False),
    "max5980": (5.835e-3, 122.07e-6, 0xD0, 0x00, 1, 1, False, False),
    "pd69104": (5.835e-3, 122.07e-6, 0x2B, 0x44, 1, 1, False, False),
    "tps23861": (3.662e-3, 61.039e-6, 0x55, 0x2D, 1, 1, False, True),
    "tps2388x": (3.662e-3, 89.5e-6, 0x55, 0x24, 2, 1, True, True),
    "si3474": (0.003662109375, 61.03515625e-6, 0x45, 0x01, 1, 2, False, False),
}
DETECTED = {Trouble.NONE: 0, Trouble.OPEN: 6, Trouble.SHORT: 1, Trouble.R_LOW: 3, Trouble.R_HIGH: 5, Trouble.C_HIGH: 2}


class QuadRegisters:
    """The registers of four ports."""

    def __init__(self, pse, first, chip):
        self.pse, self.first, self.chip = pse, first, chip
        self.ram = {0x12: 0x00, 0x13: 0x00, 0x14: 0x00, 0x17: 0x80, 0x40: 0x00, 0x44: 0x00}
        self.ram.update(dict.fromkeys(range(0x1E, 0x22), 0xFF))
        self.events = dict.fromkeys((0x03, 0x05, 0x07, 0x09, 0x0B), 0)

    def line(self, port):
        return self.pse.lines[self.first + port]

    def happen(self):
        self.pse.advance()
        for port in range(4):
            line = self.line(port)
            bit = 1 << port
            match line.tripped:
                case Trouble.OVERLOAD:
                    self.events[0x07] |= bit
                case Trouble.DISCONNECT:
                    self.events[0x07] |= bit << 4
                case Trouble.INRUSH:
                    self.events[0x09] |= bit
                case Trouble.SHORT:
                    self.events[0x09] |= bit << 4
            line.tripped = Trouble.NONE

    def read(self, register):
        self.happen()
        volts, amps, vendor, device, *_, ti = CHIPS[self.chip]
        if register in self.events:
            said, self.events[register] = self.events[register], 0
            return said
        if 0x0C <= register <= 0x0F:
            return self.status(register - 0x0C, ti)
        if register == 0x10:
            on = sum(1 << p for p in range(4) if self.line(p).phase in {Phase.INRUSH, Phase.ON})
            good = sum(1 << p for p in range(4) if self.line(p).phase is Phase.ON)
            return on | good << 4
        if register == 0x1B:
            return vendor
        if register == 0x43:
            return device
        if register == 0x2C:
            return round((41 + 20) / 0.652)
        if register in {0x2E, 0x2F}:
            return round(53.1 / volts).to_bytes(2, "little")[register - 0x2E]
        if 0x30 <= register <= 0x3F:
            port, what = divmod(register - 0x30, 4)
            flows = self.pse.amps(self.first + port)
            raw = round(flows / amps) if what < 2 else round((52.0 if flows else 0) / volts)
            return raw.to_bytes(2, "little")[what % 2]
        return self.ram.get(register, 0)

    def status(self, port, ti):
        line = self.line(port)
        if line.phase is Phase.OFF:
            return 0
        found = 4 if line.power_class is not None else DETECTED[line.found]
        if line.power_class is None:
            return found
        code = {0: 6, 5: 5}.get(line.power_class, line.power_class)
        return found | code << 4 if ti else found | (code & 7) << 4

    def write(self, register, value):
        self.happen()
        if register in self.ram:
            self.ram[register] = value
        for port in range(4):
            bit = 1 << port
            number = self.first + port
            if register == 0x19 and value & bit << 4:  # off wins
                self.off(port)
            elif register == 0x19 and value & bit:
                self.pse.power(number)
            elif register == 0x1A and value & (bit | 0x10):
                self.off(port)
            if register == 0x12 and not value >> 2 * port & 3:
                self.off(port)
            if register == 0x14 and not value & bit and self.line(port).phase not in {Phase.INRUSH, Phase.ON}:
                self.pse.cut(number)
            if self.ram[0x12] >> 2 * port & 3 and self.ram[0x14] & bit:
                self.pse.search(number)
            if 0x1E <= register <= 0x21 and self.chip == "tps2388x":
                self.line(register - 0x1E).limit_watts = value * 0.5

    def off(self, port):
        self.pse.cut(self.first + port)
        if CHIPS[self.chip][-1]:  # TI forgets what it was to look for, and its limit
            self.ram[0x14] &= ~(0x11 << port)
            self.ram[0x1E + port] = 0xFF
            self.ram[0x40] &= ~(0x10 << port)


class RegisterBus:
    """An I2C bus with one such chip at 0x20; `written` are the writes that it saw."""

    def __init__(self, pse, chip):
        *_, quads, addresses, words, _ti = CHIPS[chip]
        self.words = words
        self.chips = {
            0x20 + address: [QuadRegisters(pse, 4 * (quads * address + quad), chip) for quad in range(quads)]
            for address in range(addresses)
        }
        self.written = []
        self.gone = False
        self.answers = None

    def at(self, address):
        if self.gone or address not in self.chips:
            raise OSError(121, "Remote I/O error")
        return self.chips[address]

    def read_byte(self, address, register):
        quads = self.at(address)
        return self.answers if self.answers is not None else quads[0].read(register)

    def read_block(self, address, register, length):
        quads = self.at(address)
        if self.answers is not None:
            return bytes([self.answers]) * length
        if not self.words:
            return bytes(quads[0].read(register + n) for n in range(length))
        assert length == 2
        if register == 0x2E:
            return bytes(quads[0].read(register + n) for n in range(2))
        if 0x30 <= register <= 0x3F:  # a word is one channel's; odd addresses are channels 5 to 8
            return bytes(quads[register & 1].read((register & ~1) + n) for n in range(2))
        return bytes(quad.read(register) for quad in quads)

    def write_byte(self, address, register, value):
        self.written.append((address, register, value))
        self.at(address)[0].write(register, value)

    def write_block(self, address, register, data):
        self.written.append((address, register, bytes(data)))
        assert self.words
        assert len(data) == 2
        for quad, value in zip(self.at(address), data, strict=True):
            quad.write(register, value)

    def close(self):
        pass
