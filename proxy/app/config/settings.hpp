// Everything the operator may tune, and the loader that fills it from file, environment and command line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "conversation/options.hpp"
#include "limits/budget_options.hpp"
#include "limits/webhook_options.hpp"
#include "relay/exchange/options.hpp"
#include "server/options.hpp"
#include "store/options.hpp"
#include "upstream/options.hpp"
#include "usage/options.hpp"

namespace ferry::app {

// A default-made one holds the defaults, except that its paths are still relative; load_settings() makes them absolute.
struct settings {
    server::options server;
    relay::options relay;
    upstream::options upstream;
    store::options store;
    usage::options usage;
    conversation::options conversations;
    limits::budget_options budget;
    limits::webhook_options webhook;
    log_options log;
    std::string file;  // where they were read, absolute; "" if there was no file

    bool operator==(const settings&) const = default;
};

// One thing wrong (or, as a warning, doubtful) with the configuration.
struct config_fault {
    std::string where;       // the file, `--set` or the environment variable's name
    unsigned line = 0;       // 1-based, in the file; 0 where there is none
    unsigned column = 0;     // likewise, in bytes
    std::string key;         // "section.key", "" where no key is concerned
    std::string text;        // what is wrong and what is allowed
    std::string suggestion;  // the nearest known name, "" if none is near
};

// "FILE:LINE:COLUMN: KEY: TEXT; did you mean SUGGESTION?"
std::string to_text(const config_fault& fault);

struct load_request {
    std::optional<std::string> file;                 // TOML; nothing: no file is read
    std::vector<std::string> sets;                   // "section.key=value", win over the environment
    std::map<std::string, std::string> environment;  // FERRY_<SECTION>_<KEY> and DATABASE_URL, win over the file
};

// `loaded` is of use only when `faults` is empty.
struct load_result {
    settings loaded;
    std::vector<config_fault> faults;
    std::vector<config_fault> warnings;
};

// Reads, checks and reports every fault at once. Reads the file and the working directory, changes nothing.
load_result load_settings(const load_request& request);

}  // namespace ferry::app
