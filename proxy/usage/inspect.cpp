#include "usage/inspect.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/file.hpp"
#include "usage/dead_letter.hpp"
#include "usage/record_format.hpp"

namespace ferry::usage {

namespace {

using open_ids = std::set<std::array<unsigned char, 16>>;

// Whether somebody holds the lock; it is given back at once.
bool is_held(const std::string& path) {
    return !file::open_existing(path).try_lock();
}

void read_record(std::string_view payload, std::uint64_t offset, std::uint64_t checkpoint, segment_report& into,
                 open_ids& open) {
    const decoded_record record = decode(payload);
    ++into.records;
    into.is_sealed = std::holds_alternative<decoded_seal>(record);
    if (const auto* begin = std::get_if<begin_record>(&record)) open.insert(begin->id.bytes);
    if (const auto* end = std::get_if<decoded_end>(&record)) {
        open.erase(end->id.bytes);
        if (offset >= checkpoint) ++into.waiting_rows;
    }
    if (std::holds_alternative<newer_record>(record)) into.damage = "it holds records of a newer version of ferry";
    if (std::holds_alternative<malformed_record>(record))
        into.damage = "a record at byte " + std::to_string(offset) + " is whole but has no meaning";
}

// Whether bytes between the first and the last whole record belong to none.
bool has_gap(std::string_view bytes, const segment_identity& id) {
    frame_reader reader(bytes, id);
    while (reader.next()) continue;
    return reader.skipped_damage();
}

// Frames are written while this reads. What lies before the last one was complete when that one was found, so a gap
// there counts only if it is still there.
bool gap_stays(const file& of, const segment_identity& id, std::uint64_t end) {
    return has_gap(of.read(end), id);
}

// A segment and what can be judged only when those behind it are known.
struct reading {
    segment_report report;
    bool has_clean_tail = true;
};

void read_frames(const file& of, std::string_view bytes, reading& into, open_ids& open) {
    segment_report& report = into.report;
    const std::uint64_t checkpoint = read_checkpoint(bytes, report.id);
    frame_reader reader(bytes, report.id);
    while (const auto found = reader.next()) read_record(found->payload, found->offset, checkpoint, report, open);
    report.used = reader.offset();
    report.waiting_bytes = report.used - std::min(report.used, std::max(checkpoint, segment_header_bytes));
    into.has_clean_tail = reader.has_clean_tail();
    if (reader.skipped_damage() && (!report.is_held || gap_stays(of, report.id, report.used)))
        report.damage = "records in its middle are damaged";
}

// Nothing if the file went away: its process has shipped it.
std::optional<reading> read_segment(const std::string& folder, const segment_identity& id, open_ids& open) {
    const std::string name = segment_file_name(id), path = folder + "/" + name;
    reading got{.report = {.id = id, .name = name}};
    try {
        got.report.is_held = is_held(path);
        const file opened = file::open_existing(path);
        const std::string bytes = opened.read();
        got.report.bytes = bytes.size();
        segment_header header;
        const header_state state = check_header(bytes, id, header);
        got.report.is_newer = state == header_state::newer_version;
        const std::size_t before_frames = state == header_state::good ? segment_header_bytes : 0;
        got.report.is_unused = bytes.find_first_not_of('\0', before_frames) == bytes.npos;
        got.report.used = std::min<std::uint64_t>(bytes.size(), segment_header_bytes);
        if (got.report.is_newer || got.report.is_unused) return got;
        read_frames(opened, bytes, got, open);
        if (state == header_state::damaged) got.report.damage = "its header is damaged";
        if (state == header_state::good && header.file_bytes != bytes.size())
            got.report.damage = "it was cut short or made longer";
    } catch (const file_error& error) {
        if (error.code() == std::errc::no_such_file_or_directory) return std::nullopt;
        throw;
    }
    return got;
}

// `is_last`: nothing was written to a later segment of its core.
void judge_end(reading& of, bool is_last) {
    segment_report& report = of.report;
    const bool is_whole = report.is_newer || report.is_unused || report.is_held || !report.damage.empty();
    if (is_whole || (report.is_sealed && of.has_clean_tail)) return;
    if (!is_last || report.is_sealed)
        report.damage = "what follows byte " + std::to_string(report.used) + " is damaged or missing";
    else if (!of.has_clean_tail)
        report.note = "ends in the middle of a record, at byte " + std::to_string(report.used);
}

instance_report inspect_instance(const std::string& folder, std::vector<segment_identity> ids,
                                 std::vector<std::string>& problems) {
    std::sort(ids.begin(), ids.end(), [](const segment_identity& a, const segment_identity& b) {
        return a.core != b.core ? a.core < b.core : a.number < b.number;
    });
    instance_report report;
    report.instance = ids.front().instance;
    std::vector<reading> read;
    open_ids open;
    for (const segment_identity& id : ids) {
        try {
            if (auto got = read_segment(folder, id, open)) read.push_back(std::move(*got));
        } catch (const file_error& error) {
            problems.push_back(error.what());
        }
    }
    std::set<std::uint32_t> written_behind;  // cores
    for (auto each = read.rbegin(); each != read.rend(); ++each) {
        judge_end(*each, !written_behind.contains(each->report.id.core));
        if (!each->report.is_unused) written_behind.insert(each->report.id.core);
        report.is_alive = report.is_alive || each->report.is_held;
    }
    for (reading& each : read) report.segments.push_back(std::move(each.report));
    report.open_requests = open.size();
    return report;
}

std::uint64_t lines_in(const std::string& path) {
    try {
        const std::string text = file::open_existing(path).read();
        return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
    } catch (const file_error& error) {
        if (error.code() == std::errc::no_such_file_or_directory) return 0;
        throw;
    }
}

}  // namespace

folder_report inspect_folder(const std::string& folder) {
    folder_report report;
    std::map<uuid, std::vector<segment_identity>> found;
    for (const std::string& name : list_folder(folder)) {
        if (const auto id = parse_segment_file_name(name)) found[id->instance].push_back(*id);
        if (name == "quarantine") report.quarantined = list_folder(folder + "/quarantine");
    }
    for (auto& [instance, ids] : found) {
        auto one = inspect_instance(folder, std::move(ids), report.problems);
        if (!one.segments.empty()) report.instances.push_back(std::move(one));
    }
    report.dead_letters = lines_in(dead_letter(folder).path());
    return report;
}

}  // namespace ferry::usage
