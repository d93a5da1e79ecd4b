// Learns what answers teach, and keeps it in the store.
#pragma once

#include <memory>
#include <string>

#include "store/calibration_store.hpp"
#include "store/store_thread.hpp"
#include "usage/calibrations.hpp"

namespace ferry::usage {

// Reads what is stored at once and every minute, so that replicas estimate alike; saves what has changed every 30 s and
// at the end. While the store is away nothing is lost but time. Owned by the application; works on a thread of its own.
// REQUIRES: the calibrations outlive it.
class calibration_keeper {
public:
    // `instance`: the name of this Ferry among those that share the store, the same after a restart.
    calibration_keeper(calibrations& what, std::unique_ptr<store::calibration_store> where, std::string instance);

    ~calibration_keeper() { what_.on_lesson({}); }

    // Saves once more, then nothing.
    void stop();

private:
    void read();
    void read_again();
    void save();
    void save_again();
    void note(const char* doing, const char* error);

    calibrations& what_;
    std::unique_ptr<store::calibration_store> store_;
    const std::string instance_;
    bool has_read_ = false, is_away_ = false;
    std::vector<store::calibration_row> unsaved_;  // what a save that failed would have stored
    store::store_thread thread_;                   // last: its jobs use all of the above
};

}  // namespace ferry::usage
