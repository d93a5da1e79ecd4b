#include "load/report/result_files.hpp"

#include <chrono>
#include <filesystem>
#include <stdexcept>

namespace ferry::bench {
namespace {

std::FILE* opened(const std::string& name, const std::string& added, const char* option) {
    if (name.empty()) return nullptr;
    const std::filesystem::path path(name);
    const auto whole = (path.parent_path() / (path.stem().string() + added + path.extension().string())).string();
    auto* made = std::fopen((added.empty() ? name : whole).c_str(), "w");
    if (!made) throw std::runtime_error(std::string(option) + ": cannot write " + (added.empty() ? name : whole));
    return made;
}

void begin_csv(std::FILE* csv) {
    if (!csv) return;
    std::fputs(
        "due_s,sent_after_ms,model,status,error,ttft_ms,mean_itl_ms,e2el_ms,input_tokens,output_tokens,counted_by,"
        "chunks\n",
        csv);
}

void begin_hdr_log(std::FILE* log) {
    if (!log) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::fprintf(log, "#[Histogram log format version 1.3]\n#[StartTime: %.3f (seconds since epoch)]\n",
                 std::chrono::duration<double>(now).count());
    std::fputs(
        "#[values are nanoseconds, Interval_Max is milliseconds]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
        log);
}

}  // namespace

result_files::result_files(const std::string& csv, const std::string& hdr_log, const std::string& added)
    : csv_(opened(csv, added, "--csv"), std::fclose), hdr_log_(opened(hdr_log, added, "--hdr-log"), std::fclose) {
    begin_csv(csv_.get());
    begin_hdr_log(hdr_log_.get());
}

void result_files::finish() {
    for (const auto* out : {&csv_, &hdr_log_}) {
        if (*out && (std::fflush(out->get()) != 0 || std::ferror(out->get()))) {
            throw std::runtime_error("--csv, --hdr-log: not everything could be written");
        }
    }
}

}  // namespace ferry::bench
