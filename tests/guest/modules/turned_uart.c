// SPDX-License-Identifier: GPL-2.0 OR MIT
/*
 * A UART whose RTS turns an RS-485 pair, by the kernel's own code for 8250s (em485), as 8250_dw and 8250_lpss have it.
 *
 * Debian's kernel offers that code only for UARTs that no QEMU has. This gives QEMU's (pci-serial) to it, and has no
 * line about turning itself. The kernel's own driver has the device first: unbind it there, bind it here.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/serial_8250.h>

/* drivers/tty/serial/8250/8250.h, which is not among the headers for modules */
extern struct serial_rs485 serial8250_em485_supported;
int serial8250_em485_config(struct uart_port *port, struct ktermios *termios, struct serial_rs485 *rs485);
void serial8250_em485_start_tx(struct uart_8250_port *up);
void serial8250_em485_stop_tx(struct uart_8250_port *up);

static int turned_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct uart_8250_port uart = {
		.port = {
			.dev = &dev->dev,
			.iotype = UPIO_PORT,
			.uartclk = 16 * 115200,
			.flags = UPF_BOOT_AUTOCONF | UPF_SHARE_IRQ,
			.rs485_config = serial8250_em485_config,
			.rs485_supported = serial8250_em485_supported,
		},
		.rs485_start_tx = serial8250_em485_start_tx,
		.rs485_stop_tx = serial8250_em485_stop_tx,
	};
	int line = pcim_enable_device(dev);

	if (line)
		return line;
	uart.port.iobase = pci_resource_start(dev, 0);
	uart.port.irq = dev->irq;
	line = serial8250_register_8250_port(&uart);
	if (line < 0)
		return line;
	pci_set_drvdata(dev, (void *)(long)line);
	return 0;
}

static void turned_remove(struct pci_dev *dev)
{
	serial8250_unregister_port((long)pci_get_drvdata(dev));
}

/* Not told to udev (MODULE_DEVICE_TABLE): it is loaded by name alone. */
static const struct pci_device_id turned_ids[] = { { PCI_DEVICE(0x1b36, 0x0002) }, { } };

static struct pci_driver turned_driver = {
	.name = "turned_uart",
	.id_table = turned_ids,
	.probe = turned_probe,
	.remove = turned_remove,
};
module_pci_driver(turned_driver);

MODULE_DESCRIPTION("A UART of QEMU whose RTS turns an RS-485 pair");
MODULE_LICENSE("Dual MIT/GPL");
