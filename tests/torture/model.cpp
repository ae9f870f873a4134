// SPDX-License-Identifier: MIT
/// @file
/// What must always be true of the tortured world, and how two of them differ.
#include "model.hpp"

namespace torture {

std::vector<std::string> broken_invariants(const model& of) {
    std::vector<std::string> broken;
    std::int64_t gold = 0;
    std::set<std::string> names;
    for (const auto& [id, row] : of.guilds.rows()) gold += row.gold;
    for (const auto& [id, row] : of.players.rows()) {
        gold += row.gold;
        if (row.gold < 0) broken.push_back("less than no gold: " + text_of(row));
        if (row.guild && !of.guilds.has(*row.guild)) broken.push_back("in a guild that is not there: " + text_of(row));
        if (!names.insert(row.name).second) broken.push_back("a name twice: " + text_of(row));
    }
    for (const auto& [id, row] : of.mails.rows()) {
        gold += row.gold;
        if (!of.players.has(row.to)) broken.push_back("to nobody: " + text_of(row));
        if (row.sender && !of.players.has(*row.sender)) broken.push_back("from nobody: " + text_of(row));
    }
    for (const auto& [id, row] : of.items.rows()) {
        const bool owned = row.owner && of.players.has(*row.owner);
        const bool sent = row.mail && of.mails.has(*row.mail);
        if (!item::in_one_place(row.owner, row.mail) || owned == sent)
            broken.push_back("an item that is not in exactly one place: " + text_of(row));
    }
    if (of.guilds.size() != 0 && gold != model::all_gold)
        broken.push_back("there are " + std::to_string(gold) + " gold, not " + std::to_string(model::all_gold));
    return broken;
}

namespace {

template <class Row>
void add_differences(const shelf<Row>& expected, const shelf<Row>& found, std::vector<std::string>& lines) {
    const std::string name = table_name<Row>;
    for (const auto& [id, row] : expected.rows())
        if (!found.has(id))
            lines.push_back(name + ": missing: " + text_of(row));
        else if (text_of(row) != text_of(found.at(id)))
            lines.push_back(name + ": expected " + text_of(row) + "\n      found    " + text_of(found.at(id)));
    for (const auto& [id, row] : found.rows())
        if (!expected.has(id)) lines.push_back(name + ": too many: " + text_of(row));
}

} // namespace

std::string differences(const model& expected, const model& found) {
    std::vector<std::string> lines;
    add_differences(expected.guilds, found.guilds, lines);
    add_differences(expected.players, found.players, lines);
    add_differences(expected.mails, found.mails, lines);
    add_differences(expected.items, found.items, lines);
    std::string text;
    for (std::size_t i = 0; i < lines.size() && i < 6; ++i)
        text += "\n    " + (lines[i].size() > 400 ? lines[i].substr(0, 400) + "..." : lines[i]);
    if (lines.size() > 6) text += "\n    and " + std::to_string(lines.size() - 6) + " more rows";
    if (lines.empty())
        text += "\n    no row; events expected " + std::to_string(expected.events) + ", found " +
                std::to_string(found.events);
    return text;
}

} // namespace torture
