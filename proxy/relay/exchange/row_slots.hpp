// How many requests each row has at once, where its max_parallel bounds that, and who waits for one to end.
#pragma once

#include <array>
#include <atomic>
#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/catalog.hpp"
#include "relay/exchange/await_answer.hpp"
#include "relay/exchange/fair_queue.hpp"

namespace ferry::relay {

// What operators see of one row.
struct row_load {
    std::int64_t model_id = 0;
    std::string model_name;
    std::int64_t most = 0, in_use = 0, waiting = 0;
    std::uint64_t waited = 0, refused = 0;  // since the start; who waited at several rows in vain counts at each
};

// Owned by the application and shared by the cores; any thread may call. Rows that any number may be asked of are not
// known here. A lock is held for some hundred nanoseconds; it is of a sixteenth of the rows.
class row_slots {
public:
    // That one request may be asked of a row. Move-only; gives it to the next who waits when it ends. Any thread.
    class slot {
    public:
        slot() = default;
        slot(slot&& other) noexcept : of_(std::exchange(other.of_, nullptr)), row_id_(other.row_id_) {}
        slot& operator=(slot&& other) noexcept {
            if (of_ != nullptr && this != &other) give_back();
            of_ = std::exchange(other.of_, nullptr);
            row_id_ = other.row_id_;
            return *this;
        }
        ~slot() {
            if (of_ != nullptr) give_back();
        }
        explicit operator bool() const { return of_ != nullptr; }
        bool is_of(std::int64_t row_id) const { return of_ != nullptr && row_id_ == row_id; }
        std::int64_t row_id() const { return row_id_; }

    private:
        friend class row_slots;
        slot(row_slots* of, std::int64_t row_id) : of_(of), row_id_(row_id) {}
        void give_back() { std::exchange(of_, nullptr)->end(row_id_); }

        row_slots* of_ = nullptr;
        std::int64_t row_id_ = 0;
    };

    // A request in the queues of one or more rows; the first that has room has it. Owned by the request and those
    // queues. Its core calls join() and leave(), and may look at `got` after that alone.
    struct waiter : awaited {
        waiter(boost::asio::io_context& where, std::int64_t by_key, std::int64_t its_priority)
            : awaited(where), key(by_key), priority(its_priority) {}

        const std::int64_t key, priority;
        slot got;

    private:
        friend class row_slots;
        struct stand {
            std::int64_t row_id;
            fair_queue<std::shared_ptr<waiter>>::place at;
        };
        boost::container::small_vector<stand, 2> stands_;
        std::atomic<int> places_{0};        // that nobody has taken from it
        std::atomic<bool> is_over_{false};  // it has got one, or does not wait any more
    };

    // At once or not at all; not where others wait already. REQUIRES: row.max_parallel is not 0.
    std::optional<slot> take(const catalog::candidate& row);
    // Into the queue of the row; its `came` is notified once there is something to look at. False: the queue is full of
    // those whose turn comes before.
    bool join(const std::shared_ptr<waiter>& who, const catalog::candidate& row);
    // Out of all queues. What was got meanwhile is there.
    void leave(waiter& who);
    // Nobody waits at the row for this request any more, and it is refused.
    void count_refused(std::int64_t row_id);

    // The limits are those of the catalog from now on; who waits for a row that has more room goes on.
    // One thread alone calls it.
    void follow(std::shared_ptr<const catalog::catalog> models);
    std::vector<row_load> list() const;  // by row

private:
    struct gate {
        std::string model_name;
        std::int64_t most = 0, in_use = 0;
        std::uint64_t waited = 0, refused = 0;
        fair_queue<std::shared_ptr<waiter>> queue;
    };
    struct stripe {
        mutable std::mutex mutex;
        boost::unordered_flat_map<std::int64_t, std::unique_ptr<gate>> gates;
    };
    stripe& stripe_of(std::int64_t row_id) { return stripes_[static_cast<std::uint64_t>(row_id) % stripes_.size()]; }
    gate& gate_of(stripe& in, const catalog::candidate& row);
    void end(std::int64_t row_id);
    void hand_on(std::int64_t row_id, gate& at);
    static void wake(const std::shared_ptr<waiter>& who);

    std::mutex latest_mutex_;
    std::shared_ptr<const catalog::catalog> latest_;
    std::array<stripe, 16> stripes_;
};

}  // namespace ferry::relay
