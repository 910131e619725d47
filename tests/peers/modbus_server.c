/* Alarm boxes as libmodbus understands them: `modbus_server tcp PORT STATE` or `modbus_server rtu TTY STATE`.
 * STATE is a file of 64 bytes: 32 coils, then 32 inputs, one byte each; whoever maps it sees and moves the contacts. */
#include <fcntl.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    int tcp = !strcmp(argv[1], "tcp");
    modbus_t *box = tcp ? modbus_new_tcp("127.0.0.1", atoi(argv[2])) : modbus_new_rtu(argv[2], 9600, 'N', 8, 1);
    modbus_mapping_t *map = modbus_mapping_new(32, 32, 0, 0);
    int state = open(argv[3], O_RDWR);
    uint8_t *shared = mmap(NULL, 64, PROT_READ | PROT_WRITE, MAP_SHARED, state, 0);
    if (!box || !map || state < 0 || shared == MAP_FAILED) return 3;
    modbus_set_slave(box, 3);
    map->tab_bits = shared;
    map->tab_input_bits = shared + 32;
    int listening = tcp ? modbus_tcp_listen(box, 1) : -1;
    if (tcp ? listening < 0 : modbus_connect(box) < 0) return 4;
    puts("ready");
    fflush(stdout);
    for (;;) {
        if (tcp && modbus_tcp_accept(box, &listening) < 0) return 5;
        for (;;) {
            uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
            int length = modbus_receive(box, query);
            if (length > 0) modbus_reply(box, query, length, map);
            else if (length < 0 && tcp) break;
        }
        modbus_close(box);
    }
}
