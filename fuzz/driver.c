/* Runs a fuzz target without a fuzzer: over each seed, over every head of it, and over copies with
 * one bit flipped. So the seeds are a plain test under any compiler and sanitizer.
 *
 * usage: fuzz_<name> SEED-FOLDER-OR-FILE...
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

enum { MAX_SEED = 1 << 20, MAX_VARIANTS = 2048 };

static unsigned long seeds, inputs;

/* A copy that ends where its allocation ends, so that a sanitizer sees a read beyond it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);

    if (copy == NULL)
        abort();
    if (size > 0)
        memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
    inputs++;
}

/* At most MAX_VARIANTS of each kind, spread evenly. */
static void run_variants(uint8_t *data, size_t size)
{
    size_t step = size / MAX_VARIANTS + 1, bit_step = size * 8 / MAX_VARIANTS + 1;

    for (size_t cut = 0; cut < size; cut += step)
        run(data, cut);
    for (size_t bit = 0; bit < size * 8; bit += bit_step) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        run(data, size);
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(MAX_SEED);

    if (file == NULL || data == NULL) {
        printf("# %s: %s\n", path, strerror(errno));
        exit(1);
    }
    size_t size = fread(data, 1, MAX_SEED, file);
    fclose(file);
    run(data, size);
    run_variants(data, size);
    free(data);
    seeds++;
    return 0;
}

static int run_folder(const char *path)
{
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);

    if (count < 0)
        return -1;
    for (int i = 0; i < count; i++) {
        char file[4096];
        if (names[i]->d_name[0] != '.') {
            snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);
            run_file(file);
        }
        free(names[i]);
    }
    free(names);
    return 0;
}

int main(int argc, char **argv)
{
    if (LLVMFuzzerInitialize != NULL)
        LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; i++) {
        struct stat about;
        if (stat(argv[i], &about) == 0 && S_ISDIR(about.st_mode))
            run_folder(argv[i]);
        else
            run_file(argv[i]);
    }
    printf("# %lu seeds, %lu inputs\n", seeds, inputs);
    printf("%s 1 - the target holds over its seeds\n1..1\n", seeds > 0 ? "ok" : "not ok");
    return seeds > 0 ? 0 : 1;
}
