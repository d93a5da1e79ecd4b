// The power is cut at any moment of a journal's life, on a disk that kept, dropped, mixed and tore what was not synced:
// a request that had ended when somebody was told that it is durable has exactly one row, which says so, and no row
// says what never was. POWER_CUTS (1000) is how many, POWER_CUT_SEED makes a run again: TMPDIR=/dev/shm
// POWER_CUTS=100000 build/dev/tests/usage_tests --run_test=power_cuts
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <set>

#include "usage/dead_source.hpp"
#include "usage/faulty_disk.hpp"
#include "usage/power_cut_disk.hpp"

namespace {

using namespace ferry;
using namespace ferry::usage;
using namespace ferry::usage::testing;

std::size_t number_from(const char* name, std::size_t otherwise) {
    const char* text = std::getenv(name);
    return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

struct ended_request {
    std::string id;
    std::int64_t n = 0;
};

// A journal that serves, its shipper, a disk and a store; everything stands still while one moment is looked at.
class cut_world : public store::usage_store {
public:
    cut_world(const std::string& path, std::uint32_t seed) : folder(path + "/journal"), disk(folder), chance(seed) {}

    std::size_t insert(std::span<const store::usage_row> rows, std::span<const store::attempt_row>) override {
        const std::lock_guard lock(still);
        if (chance() % 8 == 0) throw store::store_unavailable("away");
        std::size_t made = 0;
        for (const auto& row : rows) made += stored.try_emplace(row.request_id, row).second ? 1 : 0;
        return made;
    }
    std::optional<store::issuer_row> find_issuer(const std::string&) override { return std::nullopt; }
    void scan(const store::usage_filter&, const std::function<void(const store::usage_row&)>&) override {}
    void scan_sums(const store::usage_filter&, const store::sums_by&,
                   const std::function<void(const store::sum_row&)>&) override {}
    std::string last_day_sum(const store::usage_filter&) override { return {}; }
    bool purge(std::int64_t) override { return false; }
    bool purge_sums(std::int64_t) override { return false; }

    const std::string folder;
    std::recursive_mutex still;
    power_cut_disk disk;
    std::mt19937 chance;
    std::vector<ended_request> ended;       // in the order in which it was written
    std::size_t durable = 0;                // of them, those that somebody was told of
    std::map<std::string, std::int64_t> n;  // of every request that was ever begun
    std::map<std::string, store::usage_row> stored;
};

// Where the next start finds what a cut left.
class next_start {
public:
    explicit next_start(const std::string& path) : folder_(path), journal_(journal_in(path), 1, small_segments) {
        for (const std::string& name : list_folder(folder_)) own_.insert(name);
    }

    const std::string& folder() const { return folder_; }

    // Rows by request, and how often it made one twice.
    std::map<std::string, store::usage_row> rows(std::size_t& doubled) {
        std::map<std::string, store::usage_row> found;
        adoption adopted = adopt_dead_lanes(folder_, journal_.instance());
        std::uint64_t quarantined = 0;
        for (dead_lane& lane : adopted.lanes) {
            dead_source source(journal_, std::move(lane), quarantined);
            while (!source.is_finished()) {
                batch got;
                source.read(got, 1000);
                for (std::size_t i = 0; i < got.rows.size(); ++i)
                    doubled += found.try_emplace(got.rows[i].request_id, got.rows[i]).second ? 0 : 1;
                source.committed();
            }
        }
        return found;
    }

    // Names that are left of those that are not its own.
    std::size_t clear() {
        std::filesystem::remove_all(folder_ + "/quarantine");
        std::size_t left = 0;
        for (const std::string& name : list_folder(folder_))
            if (!own_.contains(name) && std::filesystem::remove(folder_ + "/" + name)) ++left;
        return left;
    }

private:
    const std::string folder_;
    journal journal_;
    std::set<std::string> own_;
};

class power_cuts_of {
public:
    power_cuts_of(cut_world& world, next_start& next, std::size_t most) : world_(world), next_(next), most_(most) {}

    void cut() {
        if (is_cutting_ || count_ >= most_) return;
        is_cutting_ = true;
        world_.disk.look();
        for (int i = 0; i < 5; ++i, ++count_) cut_once();
        is_cutting_ = false;
    }

    std::size_t count() const { return count_; }
    bool is_done() const { return count_ >= most_; }
    const std::map<std::string, std::size_t>& violations() const { return violations_; }

private:
    void cut_once() {
        world_.disk.leave(next_.folder(), world_.chance);
        std::size_t doubled = 0;
        std::map<std::string, store::usage_row> rows;
        try {
            rows = next_.rows(doubled);
        } catch (const std::exception& error) {
            ++violations_[std::string("cannot be read: ") + error.what()];
        }
        if (doubled > 0) ++violations_["a request has two rows"];
        for (const auto& [id, row] : rows) check_row(id, row);
        for (std::size_t i = 0; i < world_.durable; ++i) check_end(world_.ended[i], rows);
        if (next_.clear() > 0) ++violations_["something was left in the folder"];
    }

    void check_row(const std::string& id, const store::usage_row& row) {
        const auto begun = world_.n.find(id);
        if (begun == world_.n.end()) {
            ++violations_["a row of a request that never was"];
        } else if (row.basis != "interrupted" && row.prompt_tokens != begun->second) {
            ++violations_["a row that says something else"];
        }
    }

    void check_end(const ended_request& told, const std::map<std::string, store::usage_row>& rows) {
        const auto known = world_.stored.find(told.id);
        if (known != world_.stored.end()) return check_exact(known->second);  // the first row stays
        const auto found = rows.find(told.id);
        if (found == rows.end()) {
            ++violations_["a request that is durable was lost"];
        } else {
            check_exact(found->second);
        }
    }

    void check_exact(const store::usage_row& row) {
        if (row.basis == "interrupted" || row.attempts != 1) ++violations_["an end that is durable was lost"];
    }

    cut_world& world_;
    next_start& next_;
    const std::size_t most_;
    std::atomic<std::size_t> count_{0};  // is_done() asks without the lock
    bool is_cutting_ = false;
    std::map<std::string, std::size_t> violations_;
};

// Serves until the cuts are made, several requests at a time.
void serve_under_cuts(cut_world& world, power_cuts_of& cuts) {
    journal written(journal_in(world.folder), 1, small_segments);
    shipper ships(written, world);
    journal_writer& writer = written.writer(0);
    struct served {
        ended_request told;
        open_request handle;
    };
    std::vector<served> open;
    for (std::int64_t n = 1; n <= 400 && !cuts.is_done(); ++n) {
        const uuid id = make_uuid();
        {
            const std::lock_guard lock(world.still);
            world.n[to_string(id)] = n;
        }
        auto begun = begin_patiently(writer, n, id);
        const std::lock_guard lock(world.still);
        writer.attempt(*begun, attempt_number(1));
        open.push_back({{to_string(id), n}, std::move(*begun)});
        while (open.size() > 8 || (!open.empty() && world.chance() % 2 == 0)) {
            std::swap(open[world.chance() % open.size()], open.back());
            writer.end(open.back().handle, end_number(open.back().told.n));
            world.ended.push_back(open.back().told);
            open.pop_back();
        }
        if (world.chance() % 2 == 0)
            writer.when_durable(writer.position(), [&world, known = world.ended.size()](bool is_durable) {
                const std::lock_guard asked(world.still);
                world.disk.returned();
                if (is_durable) world.durable = std::max(world.durable, known);
            });
        if (world.chance() % 3 == 0) cuts.cut();
    }
    ships.stop();
    written.close();
}

BOOST_FIXTURE_TEST_SUITE(power_cuts, temporary_folder)

BOOST_AUTO_TEST_CASE(what_was_called_durable_is_there_once_whatever_the_disk_kept) {
    const std::size_t wanted = number_from("POWER_CUTS", 1000);
    const std::size_t seed = number_from("POWER_CUT_SEED", std::random_device{}());
    std::cout << "seed " << seed << ", " << wanted << " power cuts\n";
    std::atomic<power_cuts_of*> cuts{nullptr};
    std::atomic<cut_world*> world{nullptr};
    set_file_fault([&](file_call call, const std::string& path) -> std::error_code {
        cut_world* const now = world;
        if (now == nullptr || !now->disk.has(path)) return {};
        const std::lock_guard lock(now->still);
        now->disk.before(call, path);
        if (now->chance() % 2 == 0) cuts.load()->cut();
        return {};
    });
    std::size_t made = 0, durable = 0, histories = 0;
    {
        next_start next(path + "/next");
        for (; made < wanted; ++histories) {
            const std::string folder = path + "/" + std::to_string(histories);
            make_folder(folder);
            cut_world one(folder, static_cast<std::uint32_t>(seed + histories));
            power_cuts_of here(one, next, std::min<std::size_t>(wanted - made, 5000));
            cuts = &here;
            world = &one;
            serve_under_cuts(one, here);
            world = nullptr;
            made += here.count();
            durable += one.durable;
            for (const auto& [what, count] : here.violations())
                BOOST_ERROR(what << ", " << count << " times, seed " << seed + histories);
            std::filesystem::remove_all(folder);
        }
    }
    std::cout << made << " power cuts in " << histories << " histories, " << durable << " requests called durable\n";
    BOOST_TEST(made >= wanted);
    BOOST_TEST(durable > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
