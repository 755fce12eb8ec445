// Executes every instruction of a table twice, on an aligned address and on one that is 8-aligned only. Prints a line for
// each: two letters, `.` for done, `f` for a fault, `i` for an instruction that this processor lacks.
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

typedef void Instruction(void *operand);

extern Instruction *const instructions[];
extern const unsigned long instruction_count;

static sigjmp_buf before;
static char area[1 << 16] __attribute__((aligned(4096)));

static void caught(int signal) {
    siglongjmp(before, signal);
}

static char execute(Instruction *instruction, void *operand) {
    memset(area, 0, sizeof area);
    int signal = sigsetjmp(before, 1);
    if (signal) {
        return signal == SIGILL ? 'i' : 'f';
    }
    instruction(operand);
    return '.';
}

int main(void) {
    struct sigaction action = {.sa_handler = caught};
    int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (int i = 0; i < 4; i++) {
        sigaction(signals[i], &action, NULL);
    }
    for (unsigned long i = 0; i < instruction_count; i++) {
        char aligned = execute(instructions[i], area);
        printf("%c%c\n", aligned, execute(instructions[i], area + 8));
    }
}
