#include "app/cli/journal_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/cli/table.hpp"

namespace ferry::app {
namespace {

using usage::folder_report;
using usage::instance_report;
using usage::segment_report;

struct sums {
    std::set<std::uint32_t> cores;
    std::uint64_t segments = 0, bytes = 0, waiting_rows = 0, waiting_bytes = 0, damaged = 0;

    void add(const instance_report& of) {
        for (const segment_report& each : of.segments) {
            cores.insert(each.id.core);
            ++segments;
            bytes += each.bytes;
            waiting_rows += each.waiting_rows;
            waiting_bytes += each.waiting_bytes;
            damaged += each.damage.empty() ? 0 : 1;
        }
    }
};

sums sums_of(const instance_report& of) {
    sums made;
    made.add(of);
    return made;
}

std::string_view segment_state(const segment_report& each) {
    if (!each.damage.empty()) return "damaged";
    if (each.is_newer) return "newer version";
    if (each.is_unused) return "prepared";
    if (each.is_sealed) return "complete";
    return each.is_held ? "being written" : "left open";
}

std::string remarks(const folder_report& report) {
    std::string text;
    for (const auto& process : report.instances) {
        for (const auto& each : process.segments) {
            if (!each.damage.empty()) text += fmt::format("damaged: {}: {}\n", each.name, each.damage);
            if (!each.note.empty()) text += fmt::format("note: {} {}\n", each.name, each.note);
            if (each.is_newer) text += fmt::format("note: {} was written by a newer version of ferry\n", each.name);
        }
    }
    for (const auto& problem : report.problems) text += fmt::format("problem: {}\n", problem);
    return text;
}

json_object json_of(const sums& of) {
    json_object made;
    made.number("segments", of.segments).number("bytes", of.bytes).number("waiting_rows", of.waiting_rows);
    made.number("waiting_bytes", of.waiting_bytes).number("damaged", of.damaged);
    return made;
}

}  // namespace

std::string journal_as_table(const folder_report& report, const usage::options& chosen) {
    sums all;
    std::vector<std::vector<std::string>> lines;
    for (const auto& each : report.instances) {
        const sums one = sums_of(each);
        all.add(each);
        lines.push_back({to_string(each.instance), each.is_alive ? "running" : "dead", fmt::to_string(one.cores.size()),
                         fmt::to_string(one.segments), fmt::to_string(one.bytes), fmt::to_string(one.waiting_rows),
                         fmt::to_string(one.waiting_bytes), fmt::to_string(each.open_requests),
                         fmt::to_string(one.damaged)});
    }
    constexpr auto right = align::right;
    std::string text = aligned_table({{"PROCESS"},
                                      {"STATE"},
                                      {"CORES", right},
                                      {"SEGMENTS", right},
                                      {"BYTES", right},
                                      {"WAITING ROWS", right},
                                      {"WAITING BYTES", right},
                                      {"OPEN", right},
                                      {"DAMAGED", right}},
                                     lines);
    text += fmt::format("\n{}: {} of {} bytes, {} rows wait for the store\n", chosen.journal_dir, all.bytes,
                        chosen.journal_max_bytes, all.waiting_rows);
    if (!report.quarantined.empty()) text += fmt::format("quarantine/: {} files\n", report.quarantined.size());
    if (report.dead_letters > 0) text += fmt::format("dead-letter.jsonl: {} rows\n", report.dead_letters);
    return text + remarks(report);
}

std::string journal_as_json(const folder_report& report, const usage::options& chosen) {
    sums all;
    std::vector<std::string> processes;
    for (const auto& each : report.instances) {
        all.add(each);
        auto one = json_of(sums_of(each));
        one.text("instance", to_string(each.instance)).flag("is_alive", each.is_alive);
        processes.push_back(one.number("open_requests", each.open_requests).take());
    }
    auto made = json_of(all);
    made.text("folder", chosen.journal_dir).number("max_bytes", chosen.journal_max_bytes);
    made.number("dead_letters", report.dead_letters).raw("quarantined", json_texts(report.quarantined));
    made.raw("problems", json_texts(report.problems)).raw("processes", fmt::format("[{}]", fmt::join(processes, ",")));
    return made.take() + "\n";
}

std::string segments_as_table(const folder_report& report) {
    std::vector<std::vector<std::string>> lines;
    for (const auto& process : report.instances) {
        for (const auto& each : process.segments) {
            lines.push_back({each.name, std::string(segment_state(each)), fmt::to_string(each.records),
                             fmt::to_string(each.used), fmt::to_string(each.bytes)});
        }
    }
    const auto text = aligned_table(
        {{"SEGMENT"}, {"STATE"}, {"RECORDS", align::right}, {"USED", align::right}, {"BYTES", align::right}}, lines);
    return text + remarks(report);
}

std::string segments_as_json(const folder_report& report) {
    std::vector<std::string> segments;
    for (const auto& process : report.instances) {
        for (const auto& each : process.segments) {
            json_object one;
            one.text("segment", each.name).text("state", segment_state(each)).flag("is_held", each.is_held);
            one.number("records", each.records).number("used", each.used).number("bytes", each.bytes);
            one.number("waiting_rows", each.waiting_rows).text("damage", each.damage).text("note", each.note);
            segments.push_back(one.take());
        }
    }
    json_object made;
    made.flag("is_damaged", is_damaged(report)).raw("problems", json_texts(report.problems));
    made.raw("segments", fmt::format("[{}]", fmt::join(segments, ",")));
    return made.take() + "\n";
}

bool is_damaged(const folder_report& report) {
    const auto in = [](const segment_report& each) { return !each.damage.empty(); };
    return !report.problems.empty() ||
           std::any_of(report.instances.begin(), report.instances.end(), [&](const instance_report& process) {
               return std::any_of(process.segments.begin(), process.segments.end(), in);
           });
}

}  // namespace ferry::app
