#include "usage/replay.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace ferry::usage {

namespace {

constexpr std::string_view temporary_suffix = ".tmp";

using identities = std::vector<segment_identity>;

std::map<uuid, identities> segments_by_instance(const std::string& folder) {
    std::map<uuid, identities> found;
    for (const std::string& name : list_folder(folder))
        if (const auto id = parse_segment_file_name(name)) found[id->instance].push_back(*id);
    for (auto& [instance, ids] : found)
        std::sort(ids.begin(), ids.end(), [](const segment_identity& a, const segment_identity& b) {
            return std::pair(a.core, a.number) < std::pair(b.core, b.number);
        });
    return found;
}

// Opened and locked; empty if another process has it, or has finished with it and removed it.
std::optional<file> open_and_lock(const std::string& path) {
    try {
        file opened = file::open_existing(path);
        if (opened.try_lock() && opened.has_name()) return opened;
    } catch (const file_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) throw;
    }
    return std::nullopt;
}

// All segments of one process, or none.
std::vector<adopted_segment> lock_all(const std::string& folder, const identities& ids) {
    std::vector<adopted_segment> locked;
    for (const segment_identity& id : ids) {
        std::optional<file> opened = open_and_lock(folder + "/" + segment_file_name(id));
        if (!opened) return {};
        const std::uint64_t bytes = opened->size();
        locked.push_back({std::move(*opened), id, bytes});
    }
    // It may have made another one before it died, after the folder was read.
    if (segments_by_instance(folder)[ids.front().instance] != ids) return {};
    return locked;
}

bool is_zero(std::string_view bytes, std::size_t from) {
    return bytes.find_first_not_of('\0', from) == bytes.npos;
}

// Looks into the header and at the place of the first frame; whether the segment is of a newer version. Where there is
// none, a power cut may have kept later ones all the same: what is open before them has not been interrupted yet.
bool examine(adopted_segment& each) {
    const std::string start = each.opened.read(segment_header_bytes + frame_header_bytes);
    segment_header header;
    const header_state state = check_header(start, each.id, header);
    const std::size_t before_frames = state == header_state::good ? segment_header_bytes : 0;
    each.is_unused = is_zero(start, before_frames) && is_zero(each.opened.read(), before_frames);
    return state == header_state::newer_version;
}

void split_by_core(std::vector<adopted_segment> locked, std::vector<dead_lane>& into) {
    for (adopted_segment& each : locked) {
        if (into.empty() || into.back().front().id.instance != each.id.instance ||
            into.back().front().id.core != each.id.core)
            into.emplace_back();
        into.back().push_back(std::move(each));
    }
}

void remove_left_temporaries(const std::string& folder, const uuid& own, std::vector<std::string>& problems) {
    for (const std::string& name : list_folder(folder)) {
        if (!name.ends_with(temporary_suffix)) continue;
        const auto id = parse_segment_file_name(name.substr(0, name.size() - temporary_suffix.size()));
        if (!id || id->instance == own) continue;
        try {
            const std::string path = folder + "/" + name;
            if (open_and_lock(path)) remove_file(path);
        } catch (const file_error& error) {
            problems.push_back(error.what());
        }
    }
}

}  // namespace

adoption adopt_dead_lanes(const std::string& folder, const uuid& own) {
    adoption found;
    for (const auto& [instance, ids] : segments_by_instance(folder)) {
        if (instance == own) continue;
        try {
            std::vector<adopted_segment> locked = lock_all(folder, ids);
            if (std::count_if(locked.begin(), locked.end(), examine) == 0)
                split_by_core(std::move(locked), found.lanes);
            else
                for (const adopted_segment& each : locked) found.newer.push_back(each.opened.path());
        } catch (const file_error& error) {
            found.problems.push_back(error.what());
        }
    }
    remove_left_temporaries(folder, own, found.problems);
    return found;
}

}  // namespace ferry::usage
