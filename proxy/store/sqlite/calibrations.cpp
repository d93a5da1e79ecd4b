#include "store/sqlite/calibrations.hpp"

namespace ferry::store::sqlite {

std::vector<calibration_row> calibration_table::list() {
    std::vector<calibration_row> rows;
    query found =
        link_.get().prepare("SELECT instance, model, direction, text FROM token_calibrations ORDER BY 1, 2, 3");
    while (found.step()) rows.push_back({found.text(0), found.text(1), found.text(2), found.text(3)});
    return rows;
}

void calibration_table::save(std::span<const calibration_row> rows) {
    connection& db = link_.get();
    transaction all(db, transaction::intent::writing);
    {
        query insert = db.prepare(
            "INSERT INTO token_calibrations (instance, model, direction, text, updated_at) VALUES (?, ?, ?, ?, NOW())"
            " ON CONFLICT (instance, model, direction)"
            " DO UPDATE SET text = excluded.text, updated_at = excluded.updated_at");
        for (const auto& row : rows) insert.bind(row.instance).bind(row.model).bind(row.direction).bind(row.text).run();
    }
    db.prepare("DELETE FROM token_calibrations WHERE updated_at < datetime('now', '-90 days')").run();
    all.commit();
}

}  // namespace ferry::store::sqlite
