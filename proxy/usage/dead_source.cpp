#include "usage/dead_source.hpp"

#include <utility>

#include "base/log.hpp"

namespace ferry::usage {

dead_source::dead_source(journal& from, dead_lane adopted, std::uint64_t& quarantined)
    : journal_(from),
      quarantined_(quarantined),
      segments_(std::move(adopted)),
      damaged_(segments_.size(), false),
      assembler_(segments_.front().id.instance) {
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        bytes_left_ += segments_[i].bytes;
        if (!segments_[i].is_unused) used_ = i + 1;
    }
    journal_.bytes_added(bytes_left_);
}

bool dead_source::read(batch& into, std::size_t most) {
    for (; index_ < segments_.size(); ++index_) {
        if (!reader_) load();
        while (!into.is_full(most)) {
            const std::optional<frame> found = reader_->next();
            if (!found) break;
            is_sealed_ = std::holds_alternative<decoded_seal>(decode(found->payload));
            if (!assembler_.feed(found->payload, found->offset < checkpoint_, into)) has_malformed_ = true;
        }
        if (into.is_full(most)) return true;
        // A checkpoint behind the last byte: what was open has been shipped as interrupted already.
        if (is_last() && checkpoint_ < segments_[index_].bytes) assembler_.abandon(into);
        leave_segment();
    }
    return false;
}

void dead_source::load() {
    const adopted_segment& next = segments_[index_];
    try {
        bytes_ = next.opened.read();
    } catch (const file_error& error) {
        log_error("usage journal: {}; it is set aside", error.what());
        bytes_.clear();
    }
    segment_header header;
    header_is_damaged_ =
        check_header(bytes_, next.id, header) != header_state::good || header.file_bytes != bytes_.size();
    has_malformed_ = is_sealed_ = false;
    checkpoint_ = read_checkpoint(bytes_, next.id);
    reader_.emplace(bytes_, next.id);
}

// Judges the segment that was read to its end.
void dead_source::leave_segment() {
    const bool may_be_torn = is_last() && !is_sealed_;
    const bool has_clean_tail = reader_->has_clean_tail();
    damaged_[index_] = index_ < used_ && (header_is_damaged_ || has_malformed_ || reader_->skipped_damage() ||
                                          (!may_be_torn && (!is_sealed_ || !has_clean_tail)));
    if (!damaged_[index_] && !has_clean_tail)
        log_warn("usage journal: {} ends in the middle of a record, at byte {}; the rest is ignored",
                 segments_[index_].opened.path(), reader_->offset());
    reader_.reset();
    bytes_ = {};
}

void dead_source::committed() {
    if (index_ < segments_.size()) return;  // what is read again after a crash, the store knows already
    bytes_left_ = 0;
    for (; released_ < segments_.size(); ++released_) {
        release(segments_[released_], damaged_[released_]);
        journal_.bytes_released(segments_[released_].bytes);
        segments_[released_].opened = file();  // gives up the lock
    }
}

namespace {

// Where the mark does not reach the disk and a power cut undoes the removal, the rows are offered to the store again,
// which knows them. A second sync would prove nothing, so there is none.
void mark_shipped(adopted_segment& done, std::string_view mark) {
    try {
        done.opened.write_at(checkpoint_bytes::offset, mark);
        done.opened.sync_data();
    } catch (const file_error& error) {
        log_warn("usage journal: {}; all of it is in the store", error.what());
    }
}

}  // namespace

void dead_source::release(adopted_segment& done, bool is_damaged) {
    const std::string& folder = journal_.settings().journal_dir;
    if (is_damaged) {
        const std::string aside = folder + "/quarantine";
        make_folder(aside);
        const std::string to = aside + "/" + segment_file_name(done.id);
        rename_file(done.opened.path(), to);
        sync_folder(aside);
        ++quarantined_;
        log_error("usage journal: {} is damaged; what could be read of it was shipped, the file is now {}",
                  done.opened.path(), to);
    } else {
        char mark[checkpoint_bytes::size];
        write_checkpoint(mark, done.id, done.bytes);
        mark_shipped(done, {mark, sizeof mark});
        remove_file(done.opened.path());
    }
    sync_folder(folder);
}

}  // namespace ferry::usage
