#include "parallel/count.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace bimetal::parallel {
namespace {

TEST(MpiCount, is_refused_and_not_cut_where_it_is_more_than_an_int_holds) {
  EXPECT_EQ(mpi_count(std::int64_t{2147483647}), 2147483647);
  EXPECT_THROW(mpi_count(std::int64_t{2147483648}), core::RuntimeFailure);
  EXPECT_THROW(mpi_count(std::size_t{1} << 32), core::RuntimeFailure);
}

}  // namespace
}  // namespace bimetal::parallel
