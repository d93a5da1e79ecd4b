#pragma once

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

// A file of a test, gone with it.
class scratch_file {
public:
    explicit scratch_file(std::string_view content) {
        const int fd = mkstemp(name_.data());
        if (fd < 0) throw std::runtime_error("no temporary file");
        close(fd);
        std::ofstream(name_) << content;
    }
    ~scratch_file() { unlink(name_.c_str()); }
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;

    const std::string& name() const { return name_; }

private:
    std::string name_ = "/tmp/ferry-workload-XXXXXX";
};

// What the call says when it throws std::invalid_argument; "" if it does not.
template <typename Call>
std::string complaint_of(Call call) {
    try {
        call();
    } catch (const std::invalid_argument& e) {
        return e.what();
    }
    return "";
}
