#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "load/run.hpp"

namespace ferry::bench {

// The files of single requests and of seconds, with their heads. Owned by: whoever runs a load. Throws
// std::runtime_error in words if one cannot be written.
class result_files {
public:
    // A name of "": no such file. `added` stands before the end of both names: "requests" + added + ".csv".
    result_files(const std::string& csv, const std::string& hdr_log, const std::string& added = "");

    run_files view() const { return {csv_.get(), hdr_log_.get()}; }
    // Throws if not everything could be written.
    void finish();

private:
    using file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

    file csv_, hdr_log_;
};

}  // namespace ferry::bench
