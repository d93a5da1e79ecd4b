#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "workload/mix.hpp"
#include "workload/prompt_file.hpp"
#include "workload/request_body.hpp"
#include "workload/trace_file.hpp"
#include "workload/vocabulary.hpp"
#include "workload/workload.hpp"

namespace ferry::bench {

class workload::implementation {
public:
    explicit implementation(workload_options given);

    std::optional<planned_request> next();
    void answered(std::uint32_t number, std::string_view text);
    planned_request next_of(std::uint32_t number);
    void abandoned(std::uint32_t number) { sessions_.erase(number); }

    const workload_options options;
    double mean_input = 0, mean_output = 0;

private:
    // Of one turn or more; those of several are kept by their number until the last one.
    struct session {
        std::uint32_t model = 0, key = 0;
        std::string said;  // what request_body::around() takes
        std::uint32_t tokens = 0;
        std::uint32_t turn = 0, turns = 1;
        std::vector<filed_prompt::turn> on_record;  // empty: made up as it goes
    };

    void check_options() const;
    void look_through();  // the beginning of a file, and the means
    std::optional<planned_request> next_filed();
    // A record is always asked in the same words: nothing of it is drawn, and no answer becomes part of it.
    bool asks_the_same() const;
    planned_request filed(filed_prompt one);
    planned_request traced(const trace_entry& entry);
    planned_request begun(session s);
    session drawn_session();
    void say(std::string_view role, std::string_view text, session& s) const;
    planned_request turn_of(session& s);
    // What is asked for as the longest answer, where the source says `own`.
    std::uint32_t limit(std::uint32_t own);

    dice dice_;
    const mix models_, keys_;
    const vocabulary words_;
    const request_body bodies_;
    std::optional<prompt_file> prompts_;
    std::optional<trace_file> trace_;
    std::unordered_map<std::uint32_t, session> sessions_;
    std::uint32_t next_session_ = 0;
    std::vector<planned_request> remembered_;  // all of a file that repeats and is small, once it was looked through
    std::size_t next_remembered_ = 0;
    std::unordered_set<std::string> named_;  // models that bodies of the file name
};

}  // namespace ferry::bench
