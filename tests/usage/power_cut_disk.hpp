// What a disk may hold after a power cut, of a journal that is being written: a model that listens to the file calls.
// Of a file, what was there before a sync that returned is sure; of every sector written since, the old or the new
// bytes, or the beginning of the new ones before the rest of the old. Names are sure once their folder was synced.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "base/file.hpp"

namespace ferry::usage::testing {

// Thread-safe by its owner's lock, which every member asks for.
class power_cut_disk {
public:
    explicit power_cut_disk(std::string folder) : folder_(std::move(folder)) {}

    bool has(const std::string& path) const { return path.starts_with(folder_); }

    // A call is about to be made: the one before it, of the same thread, has returned.
    void before(file_call call, const std::string& path) {
        returned();
        const std::thread::id caller = std::this_thread::get_id();
        if (call == file_call::create && path.ends_with(".tmp")) files_[final_name(path)] = {};
        if (call == file_call::sync_folder) pending_[caller] = {call, path, {}, 0};
        const auto found = files_.find(final_name(path));
        if (found == files_.end()) return;
        entry& file = found->second;
        if (call == file_call::rename) file.is_renamed = true;
        if (call == file_call::remove) file.remover = caller;
        if (call == file_call::sync) pending_[caller] = {call, found->first, read(path), ++syncs_};
    }

    // The last call of this thread has returned.
    void returned() {
        const auto found = pending_.find(std::this_thread::get_id());
        if (found == pending_.end()) return;
        operation done = std::move(found->second);
        pending_.erase(found);
        if (done.call == file_call::sync_folder) return names_are_sure();
        const auto file = files_.find(done.path);
        if (file == files_.end() || done.number < file->second.synced) return;
        file->second.synced = done.number;
        file->second.durable = std::move(done.bytes);
        file->second.now = file->second.durable;  // what was there before it is there no more
    }

    // What was written until now may be on the disk, or what was there when this was asked before.
    void look() {
        for (auto& [name, file] : files_) {
            std::string bytes = read(file.is_renamed ? name : name + ".tmp");
            if (bytes.empty()) continue;  // removed, or not there yet
            file.earlier = std::exchange(file.now, std::move(bytes));
        }
    }

    // Writes to `folder` what a cut in this moment may leave. REQUIRES: look() was called in it.
    void leave(const std::string& folder, std::mt19937& chance) const {
        for (const auto& [path, file] : files_) {
            std::string name = path.substr(path.rfind('/'));
            const bool may_be_missing = !file.is_placed || file.remover != std::thread::id();
            if (may_be_missing && chance() % 2 == 0) continue;
            if (!file.is_placed && (!file.is_renamed || chance() % 2 == 0)) name += ".tmp";
            std::string bytes = mixed(file, chance);
            if (file.synced == 0 && !bytes.empty() && chance() % 3 == 0)
                bytes.resize(chance() % 2 == 0 ? 0 : chance() % bytes.size());
            std::ofstream(folder + name, std::ios::binary) << bytes;
        }
    }

private:
    static constexpr std::size_t sector = 512;

    struct entry {
        bool is_renamed = false, is_placed = false;  // named .seg; and surely so
        std::thread::id remover;
        std::size_t synced = 0;  // by this sync, 0: by none
        std::string durable, earlier, now;
    };
    struct operation {
        file_call call;
        std::string path, bytes;
        std::size_t number = 0;
    };

    static std::string final_name(const std::string& path) {
        return path.ends_with(".tmp") ? path.substr(0, path.size() - 4) : path;
    }

    static std::string read(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    // Of what other threads asked for, nobody knows whether it was before the sync.
    void names_are_sure() {
        std::erase_if(files_, [](const auto& one) { return one.second.remover == std::this_thread::get_id(); });
        for (auto& [name, file] : files_) file.is_placed = file.is_placed || (file.is_renamed && file.synced > 0);
    }

    static std::string mixed(const entry& file, std::mt19937& chance) {
        const std::string& now = file.now;
        const std::string& earlier = file.earlier.size() == now.size() ? file.earlier : now;
        std::string made = file.durable;
        made.resize(now.size());
        const std::size_t all = 4, share = chance() % (all + 1);  // of sectors that reached the disk
        for (std::size_t at = 0; at < made.size(); at += sector) {
            const std::size_t size = std::min(sector, made.size() - at);
            if (now.compare(at, size, made, at, size) == 0 || chance() % all >= share) continue;
            const std::size_t whole = chance() % 8 == 0 ? chance() % size : size;
            made.replace(at, whole, chance() % 4 == 0 ? earlier : now, at, whole);
        }
        return made;
    }

    const std::string folder_;
    std::map<std::string, entry> files_;  // by their final names
    std::map<std::thread::id, operation> pending_;
    std::size_t syncs_ = 0;
};

}  // namespace ferry::usage::testing
