#include <stdio.h>

unsigned long read_words(void);
unsigned long read_vector(void);

int main(void) {
    printf("%lx\n", read_words() + read_vector());
}
