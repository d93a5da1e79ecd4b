// A plain driver for the fuzz targets: every file of the given folders as it is, cut at every byte, and with bytes
// replaced, always the same way.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

int run_all(const std::string& seed) {
    static const std::string likely = std::string("{}[]\",:\\\r\n \xef\xbb\xbf\xff-+eEu.tfn0129") + '\0';
    std::minstd_rand random(1);
    int inputs = 0;
    for (std::size_t cut = 0; cut <= seed.size() && cut < 2000; ++cut, ++inputs) run(seed.substr(0, cut));
    for (; inputs < 3000 && !seed.empty(); ++inputs) {
        std::string changed = seed;
        for (auto changes = random() % 4 + 1; changes != 0; --changes) {
            changed[random() % changed.size()] = likely[random() % likely.size()];
        }
        run(changed);
    }
    run(seed);
    return inputs + 1;
}

}  // namespace

int main(int count, char** arguments) {
    int files = 0, inputs = 0;
    for (int i = 1; i < count; ++i) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i])) {
            if (!entry.is_regular_file()) continue;
            std::ifstream file(entry.path(), std::ios::binary);
            inputs += run_all({std::istreambuf_iterator<char>(file), {}});
            ++files;
        }
    }
    std::printf("%d inputs from %d files\n", inputs, files);
    return files == 0;
}
