// SPDX-License-Identifier: Apache-2.0
// In place of databases.cpp in a build without messages: no key is in a database.
#include "node/databases.hpp"

namespace dsn::node {

void Databases::replace(std::vector<Database> /*all*/, const std::vector<std::string>& /*keys*/,
                        Instant /*now*/) {}
const Database* Databases::of(std::string_view /*key*/) const { return nullptr; }
void Databases::touch(const std::string& /*key*/, Instant /*now*/) {}
std::vector<std::string> Databases::take_expired(Instant /*now*/) { return {}; }
Instant Databases::next_due() const { return kNever; }

}  // namespace dsn::node
