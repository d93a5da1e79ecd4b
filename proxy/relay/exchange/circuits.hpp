#pragma once

#include <array>
#include <atomic>
#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "relay/exchange/circuit.hpp"
#include "relay/exchange/options.hpp"

namespace ferry::relay {

enum class circuit_level : unsigned char { row, key, endpoint };

// What GET /models brought of somebody who is left alone. refused: the key, or by a limit. unreachable: no connection.
enum class look_outcome : unsigned char { well, refused, failed, unreachable };
inline constexpr std::size_t look_outcomes = 4;

// As /status shows it.
struct circuit_view {
    circuit_level level{};
    circuit_state state{};
    bool refuses = false;                  // else what it concerns is asked after all others
    std::int64_t model_id = 0;             // the row that failed last
    std::vector<std::string> model_names;  // of rows that failed, a few
    std::string host;
    std::string error_code;
    std::string reason;                  // both texts of the last fault
    int failures = 0;                    // that opened it
    int openings = 0;                    // in a row
    milliseconds left{0};                // until somebody may be asked
    std::optional<look_outcome> looked;  // of late, since it opened
};

// How a try failed, beside its fault.
struct failed_how {
    bool connected = false;  // the connection stood
    bool answered = false;   // the head of an answer came
};

// For /metrics: changes since the start, by level.
struct circuit_figures {
    std::array<std::uint64_t, 3> opened{}, probed{}, closed{};
    std::array<std::uint64_t, look_outcomes> looks{};
    std::uint64_t refused = 0;  // requests that were not asked of anybody
};

// Whom to leave alone. Three circuits concern a row: its own, that of its key at its endpoint, and that of its endpoint
// with all keys; `weigh_fault` says which fault counts where. Only what a row met itself, or connections that cannot be
// made, keeps everybody away from it; what others of its key or its endpoint met puts it behind other rows, and it
// speaks for itself once nobody else is left.
// Owned by the application and shared by the cores: what one learns, all know. Any thread may call. As long as nothing
// has failed it costs one look at an atomic number, and rows that have to do with nothing that failed never meet the
// lock. Bounded: what does not fit is forgotten and learnt again by a failed try.
class circuits {
public:
    // What a request holds while it asks a row. At its end a probe that told nothing is given back.
    class pass {
    public:
        pass() = default;
        pass(pass&& other) noexcept { swap(other); }
        pass& operator=(pass&& other) noexcept {
            pass old(std::move(*this));
            swap(other);
            return *this;
        }
        ~pass() {
            if (serial_ != 0) of_->give_back(*this);
        }

        // It finds out whether a circuit may close.
        bool is_probe() const { return serial_ != 0; }
        // How often the row's own circuit has opened, in a row.
        int openings() const { return openings_; }
        // Content has come: others may ask, too.
        void begun() {
            if (serial_ != 0) of_->begun(*this);
        }

    private:
        friend class circuits;
        void swap(pass& other) noexcept {
            std::swap(of_, other.of_);
            std::swap(keys_, other.keys_);
            std::swap(serial_, other.serial_);
            std::swap(asked_, other.asked_);
            std::swap(openings_, other.openings_);
        }

        circuits* of_ = nullptr;
        std::array<std::uint64_t, 3> keys_{};
        std::uint64_t serial_ = 0;    // 0: it is no probe
        steady::time_point asked_{};  // the epoch where nothing had failed by then
        int openings_ = 0;
    };

    // May the row be asked now? `even_behind`: nobody else is left. Nothing: not by this request.
    std::optional<pass> enter(const catalog::candidate& row, bool even_behind, const circuit_options& rules,
                              steady::time_point now);
    // Whether it would be asked in its turn; nothing is claimed.
    bool is_well(const catalog::candidate& row, steady::time_point now) const;

    // It was answered to the end.
    void succeeded(const pass& by, const catalog::candidate& row, const circuit_options& rules, steady::time_point now);
    // True: the row has just been closed to others.
    bool failed(const pass& by, const catalog::candidate& row, const fault& why, const failed_how& how,
                const circuit_options& rules, steady::time_point now);

    // Rows whose circuits are open and may be looked at now by what is no request: each circuit once in a cooldown.
    std::vector<std::int64_t> due_looks(std::size_t most, steady::time_point now);
    // Ends the cooldowns of the row's circuits, or begins them anew; it never closes one.
    void looked(const catalog::candidate& row, look_outcome found, steady::time_point now);

    // Why nobody asks the row now, in the words of what failed last, with the time until somebody may; nothing if it
    // may be asked.
    std::optional<fault> refusal(const catalog::candidate& row, steady::time_point now) const;
    void count_refused() { refused_.fetch_add(1, std::memory_order_relaxed); }

    bool is_empty() const { return count_.load(std::memory_order_relaxed) == 0; }
    // Those that are not closed.
    std::vector<circuit_view> list(const circuit_options& rules, steady::time_point now) const;
    // What is to be said of one row, the strictest first; nothing if it is asked in its turn.
    std::optional<circuit_view> view(const catalog::candidate& row, const circuit_options& rules,
                                     steady::time_point now) const;
    circuit_figures figures() const;

private:
    struct entry {
        circuit is;
        circuit_level level{};
        bool saw_answers = false;  // not all of its failures were connections that could not be made
        bool saw_others = false;   // they were of more than one row
        std::int64_t model_id = 0;
        boost::container::small_vector<std::string, 2> model_names;
        std::string host;
        std::optional<look_outcome> looked;
        fault last;
    };
    using all_keys = std::array<std::uint64_t, 3>;
    static all_keys keys_of(const catalog::candidate& row);

    static constexpr std::size_t mark_count = 1024;
    bool is_marked(const all_keys& keys) const;
    entry* find(std::uint64_t key);
    const entry* find(std::uint64_t key) const;
    entry& make(std::uint64_t key, circuit_level level, const circuit_options& rules, steady::time_point now);
    void forget(std::uint64_t key);
    void forget_old(const circuit_options& rules, steady::time_point now);
    void give_back(const pass& by);
    void begun(const pass& by);
    bool weigh(circuit_level level, const pass& by, const catalog::candidate& row, const fault& why,
               const failed_how& how, const circuit_options& rules, steady::time_point now);
    void count(std::array<std::atomic<std::uint64_t>, 3>& changes, std::size_t level);
    static circuit_view view_of(const entry& of, const circuit_options& rules, steady::time_point now);

    std::atomic<std::size_t> count_{0};                           // of entries
    std::array<std::atomic<std::uint32_t>, mark_count> marks_{};  // of entries by key: most rows have none
    mutable std::mutex mutex_;
    boost::unordered_flat_map<std::uint64_t, entry> entries_;
    std::uint64_t serials_ = 0;
    std::array<std::atomic<std::uint64_t>, 3> opened_{}, probed_{}, closed_{};
    std::array<std::atomic<std::uint64_t>, look_outcomes> looks_{};
    std::atomic<std::uint64_t> refused_{0};
};

std::string_view to_text(circuit_level level);
std::string_view to_text(circuit_state state);
std::string_view to_text(look_outcome outcome);

// What a fault says of the circuit of a level.
enum class fault_weight : unsigned char { none, alive, counts, at_once, waits };
fault_weight weigh_fault(circuit_level level, const fault& why, const failed_how& how);

}  // namespace ferry::relay
