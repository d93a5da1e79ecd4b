// Looks at a journal's folder without taking part in it: for the operator, while processes write there or after.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "usage/segment_format.hpp"

namespace ferry::usage {

struct segment_report {
    segment_identity id;
    std::string name;                 // of the file
    bool is_held = false;             // a process that lives has it
    bool is_unused = false;           // only prepared: nothing was written to it yet
    bool is_sealed = false;           // complete: the next one follows
    bool is_newer = false;            // written by a newer version, and not read
    std::uint64_t bytes = 0;          // of the file
    std::uint64_t records = 0;        // whole ones
    std::uint64_t used = 0;           // offset behind the last whole record
    std::uint64_t waiting_rows = 0;   // requests ended behind the checkpoint: not known to be in the store
    std::uint64_t waiting_bytes = 0;  // behind the checkpoint
    std::string damage;               // what a reader cannot make sense of, "" if nothing
    std::string note;                 // what is odd and costs nothing: a record torn by the end of its process
};

// One process that wrote here.
struct instance_report {
    uuid instance;
    bool is_alive = false;  // it has one of its segments, or another process is shipping them for it
    std::uint64_t open_requests = 0;
    std::vector<segment_report> segments;  // by core and number
};

struct folder_report {
    std::vector<instance_report> instances;
    std::vector<std::string> quarantined;  // damaged segments set aside earlier
    std::uint64_t dead_letters = 0;        // rows the store refused
    std::vector<std::string> problems;     // what could not be read, and why
};

// Reads every segment. Each is locked for the moment of a question at most, never while it is read, so a process that
// runs, starts or ships is not held up; one that goes meanwhile is left out. Throws file_error if the folder cannot be
// read.
folder_report inspect_folder(const std::string& folder);

}  // namespace ferry::usage
