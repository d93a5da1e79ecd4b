#pragma once

#include <span>
#include <string>
#include <vector>

namespace ferry::store {

// A row of token_calibrations: what one instance of Ferry has learnt of the tokens of a model.
struct calibration_row {
    std::string instance, model;
    std::string direction;  // "prompt" or "completion"
    std::string text;       // as usage::calibration writes it
};

// Owned by: whoever keeps calibrations. Lives on: one store thread; every call blocks.
class calibration_store {
public:
    virtual ~calibration_store() = default;

    virtual std::vector<calibration_row> list() = 0;
    // Each takes the place of the one with its instance, model and direction. What nobody has saved for 90 days goes.
    virtual void save(std::span<const calibration_row> rows) = 0;
};

}  // namespace ferry::store
