#include "signing/der.hpp"

#include "support/text.hpp"

namespace acr::signing::der {

std::string element(unsigned char tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  std::size_t const size = content.size();
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else {
    std::string digits;
    for (std::size_t rest = size; rest != 0; rest >>= 8) digits.insert(digits.begin(), static_cast<char>(rest & 0xff));
    out += static_cast<char>(0x80 | digits.size());
    out += digits;
  }
  return out.append(content);
}

std::string integer(std::uint64_t value) {
  std::string bytes;
  do bytes.insert(bytes.begin(), static_cast<char>(value & 0xff));
  while ((value >>= 8) != 0);
  if ((static_cast<unsigned char>(bytes.front()) & 0x80U) != 0) bytes.insert(bytes.begin(), '\0');
  return element(0x02, bytes);
}

std::string oid(std::string_view dotted) {
  std::string content;
  std::uint64_t first = 0;
  std::size_t position = 0;
  for (auto const part : split(dotted, '.')) {
    std::uint64_t arc = to_number(part).value();
    if (position++ == 0) {
      first = arc * 40;
      continue;
    }
    if (position == 2) arc += first;
    std::string digits;
    for (bool last = true;; last = false, arc >>= 7) {
      digits.insert(digits.begin(), static_cast<char>((arc & 0x7f) | (last ? 0 : 0x80)));
      if (arc < 0x80) break;
    }
    content += digits;
  }
  return element(0x06, content);
}

}  // namespace acr::signing::der
