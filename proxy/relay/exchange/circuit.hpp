// One circuit: may somebody be asked now? Pure: time is passed in, and whoever owns it locks it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/clock.hpp"
#include "relay/exchange/options.hpp"

namespace ferry::relay {

// closed: asked as usual. waiting: until the time that a 429 named. open: left alone for a cooldown. half_open: the
// cooldown is over, and one try may find out.
enum class circuit_state : unsigned char { closed, waiting, open, half_open };

// A failure as it concerns one circuit.
struct circuit_blow {
    bool at_once = false;  // the next one will meet it, too: it need not happen again
    bool refuses = true;   // once open by it, nobody is let through; else they are asked after others
    bool may_open = true;  // false: it counts, and opens nothing by itself
};

// The successes and failures of the last `window`, which is told to each call; a sixth of it is the grain.
class outcome_window {
public:
    struct sums {
        int failures = 0, all = 0;
    };

    void note(bool failed, steady::time_point now, milliseconds window);
    sums of(steady::time_point now, milliseconds window) const;
    void clear() { slots_ = {}; }

private:
    struct slot {
        std::int64_t period = -1;
        int failures = 0, all = 0;
    };
    static std::int64_t period_of(steady::time_point now, milliseconds window);

    std::array<slot, 6> slots_;
};

// Closed, it opens when enough of what was asked failed, of late or in a row, or at once; after the cooldown one try,
// and no more at a time, probes it. Content closes it, and the end of the answer forgets it; a probe that fails opens
// it for twice as long. A probe that tells nothing for `probe_patience` is not waited for: another may go.
class circuit {
public:
    static constexpr auto probe_patience = milliseconds(10'000);

    circuit_state state(steady::time_point now) const {
        if (is_open_) return now < until_ ? circuit_state::open : circuit_state::half_open;
        return now < wait_until_ ? circuit_state::waiting : circuit_state::closed;
    }
    // Asked as usual, or as the probe.
    bool admits(steady::time_point now) const {
        const auto is = state(now);
        return is == circuit_state::closed || (is == circuit_state::half_open && !is_probed(now));
    }
    // If not, whether nobody at all is let through; else they are asked after others.
    bool refuses() const { return refuses_; }
    bool has_probe(steady::time_point now) const { return state(now) == circuit_state::half_open && is_probed(now); }
    // How long until it may admit somebody; 0 where it does.
    milliseconds left(steady::time_point now) const;

    // REQUIRES: it admits. False: no probe is needed.
    bool claim(std::uint64_t try_serial, steady::time_point now);
    void give_back(std::uint64_t try_serial);

    // What became of a try that began at `asked`. `by`: its serial if it is a probe, else 0. True: the state has
    // changed. What began before the circuit opened tells nothing new. alive() forgets all failures, succeeded() is one
    // success.
    bool begun(std::uint64_t by);
    bool failed(std::uint64_t by, const circuit_blow& what, const circuit_options& rules, steady::time_point now);
    // A limit puts it behind others and never refuses: the next request may be smaller, or somebody else's.
    bool wait(std::uint64_t by, milliseconds length, steady::time_point now);
    bool alive(std::uint64_t by, steady::time_point asked);
    bool succeeded(std::uint64_t by, steady::time_point asked, const circuit_options& rules, steady::time_point now);

    // Not before the time that the upstream named, if that is not longer than the longest cooldown.
    void put_off(milliseconds length, const circuit_options& rules, steady::time_point now);
    // Half of the cooldown is over, and nobody has looked since it began.
    bool may_be_looked_at(steady::time_point now) const {
        return is_open_ && !was_looked_at_ && now < until_ && now >= until_ - length_ / 2;
    }
    void note_look() { was_looked_at_ = true; }
    // Open, or half open and nobody has gone to find out.
    bool is_left_alone(steady::time_point now) const { return is_open_ && !has_probe(now); }
    // REQUIRES, both: it is left alone.
    void end_cooldown(steady::time_point now) { until_ = std::max(now, named_until_); }
    void begin_cooldown_again(steady::time_point now) {
        until_ = std::max(until_, now + length_);
        was_looked_at_ = false;
    }
    // Nothing of it matters any more.
    bool is_over(steady::time_point now, const circuit_options& rules) const;
    int openings() const { return openings_; }
    int failures(steady::time_point now, const circuit_options& rules) const;

private:
    bool is_probed(steady::time_point now) const { return probe_ != 0 && now < probe_until_; }
    void open(bool refuses, const circuit_options& rules, steady::time_point now);

    outcome_window recent_;
    steady::time_point until_{}, wait_until_{}, changed_at_{}, probe_until_{}, last_failure_{};
    steady::time_point named_until_{};     // by the upstream, for this cooldown
    milliseconds length_{0};               // of the cooldown
    std::uint64_t probe_ = 0, trial_ = 0;  // serials of the try that probes, and of a probe that has content already
    int openings_ = 0;                     // in a row
    int failures_ = 0;                     // counted when it opened
    int in_a_row_ = 0;                     // failures since the last success
    bool is_open_ = false, refuses_ = false;
    bool was_looked_at_ = false;  // in this cooldown
};

}  // namespace ferry::relay
