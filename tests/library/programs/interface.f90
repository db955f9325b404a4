!> The module bimetal against the library: what callers hand over arrives, and what comes back is where they expect it.
!> Run it on any number of ranks; it ends with exit code 1 at the first check that fails.
module subjects
  use, intrinsic :: iso_c_binding, only: c_f_pointer
  use bimetal
  implicit none
  real(c_double), target :: factor = 3
  integer :: largest_call = 0
contains
  !> out = factor * in, for rows of two; a row that begins with -1 fails with code 42.
  function multiply(context, n, in, out, failed) bind(c) result(code)
    type(c_ptr), value :: context
    integer(c_int64_t), value :: n
    real(c_double), intent(in) :: in(*)
    real(c_double), intent(inout) :: out(*)
    integer(c_int32_t), intent(inout) :: failed(*)
    integer(c_int) :: code
    real(c_double), pointer :: by
    integer(c_int64_t) :: i
    call c_f_pointer(context, by)
    largest_call = max(largest_call, int(n))
    do i = 1, n
      out(2 * i - 1:2 * i) = by * in(2 * i - 1:2 * i)
      if (in(2 * i - 1) < 0) failed(i) = 42
    end do
    code = 0
  end function

  !> out = in + 1, for one row of two.
  subroutine increase(in, out, failed)
    real(c_double), intent(in) :: in(:)
    real(c_double), intent(out) :: out(:)
    integer(c_int), intent(out) :: failed
    out = in + 1
    failed = 0
    if (in(1) < 0) then
      failed = 7
      call bimetal_explain_failure('it is too cold')
    end if
  end subroutine

  !> Counts the answers that it sees, and lets them pass.
  function let_pass(context, in, out) bind(c) result(verdict)
    type(c_ptr), value :: context
    real(c_double), intent(in) :: in(*)
    real(c_double), intent(inout) :: out(*)
    integer(c_int) :: verdict
    integer(c_int), pointer :: seen
    call c_f_pointer(context, seen)
    if (in(1) > out(1)) seen = -1000000
    seen = seen + 1
    verdict = 0
  end function
end module

program fortran_test
  use, intrinsic :: iso_c_binding, only: c_loc
  use, intrinsic :: iso_fortran_env, only: error_unit
  use mpi
  use subjects
  implicit none
  integer :: rank, n_ranks, ierr

  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, n_ranks, ierr)
  call vectors_of_rows()
  call grids()
  call learning_and_state()
  call errors()
  call MPI_Finalize(ierr)

contains
  subroutine check(holds, what)
    logical, intent(in) :: holds
    character(len=*), intent(in) :: what
    if (holds) return
    write (error_unit, '(a, i0, 4a)') 'rank ', rank, ': ', what, '; last error: ', bimetal_last_error()
    call MPI_Abort(MPI_COMM_WORLD, 1, ierr)
  end subroutine

  subroutine create(hybrid, seed)
    type(bimetal_hybrid), intent(out) :: hybrid
    integer, intent(in), optional :: seed
    call bimetal_create('pair', hybrid)
    call bimetal_add_input(hybrid, ['a', 'b'], 'K', [1d0, 1d0], 'plain')
    call bimetal_add_output(hybrid, ['a', 'b'], 'K', [1d0, 1d0], continues=['a', 'b'])
    call bimetal_set_option(hybrid, 'switching.cost_veto', .false.)
    call bimetal_set_option(hybrid, 'switching.tolerance', 1e-2)
    if (present(seed)) call bimetal_set_option(hybrid, 'seed', seed)
  end subroutine

  !> A reference for vectors of rows gets its context and no more rows than it wants; a rank may have no row.
  subroutine vectors_of_rows()
    type(bimetal_hybrid) :: hybrid
    real(c_double), allocatable :: in(:, :), out(:, :)
    integer(c_int8_t), allocatable :: answered_by(:)
    integer(c_int) :: status
    integer :: n
    call create(hybrid)
    call bimetal_set_reference(hybrid, multiply, c_loc(factor), rows_per_call=4)
    call bimetal_start(hybrid, MPI_COMM_WORLD)
    n = merge(10, 0, rank == n_ranks - 1)
    allocate (in(2, n), out(2, n), answered_by(n))
    call random_number(in)
    call bimetal_solve(hybrid, 0, in, out, answered_by=answered_by)
    call check(all(abs(out - 3 * in) < 1d-15), 'answers of a vector of rows')
    call check(all(answered_by == bimetal_by_reference), 'who answered a vector of rows')
    call check(largest_call <= 4, 'rows of a call')
    if (n > 0) in(:, 2) = -1
    call bimetal_solve(hybrid, 1, in, out, status=status)
    call check(status == bimetal_physics_failed, 'the status of a row that failed')
    call check(bimetal_last_physics_code() == 42, 'the code of a row that failed')
    if (n > 0) call check(all(abs(out(:, 2) + 1) < 1d-15), 'what a row that failed gets')
    call bimetal_destroy(hybrid)
    call bimetal_destroy(hybrid)
  end subroutine

  !> Cells of a grid, from a section of an array with a halo and back into one.
  subroutine grids()
    type(bimetal_hybrid) :: hybrid
    real(c_double) :: field(2, 0:4, 0:3), in(2, 3, 2), in_3d(2, 1, 3, 2), out_3d(2, 1, 3, 2)
    integer(c_int64_t) :: id(3, 2)
    integer(c_int8_t) :: answered_by(3, 2)
    integer :: i, j, iterate
    call create(hybrid)
    call bimetal_set_row_reference(hybrid, increase)
    call bimetal_start(hybrid, MPI_COMM_WORLD)
    field = -5
    call random_number(in)
    id = reshape([(int(100 * rank + i, c_int64_t), i = 1, 6)], [3, 2])
    call bimetal_solve(hybrid, 0, in, field(:, 1:3, 1:2), id, answered_by)
    call check(all(abs(field(:, 1:3, 1:2) - in - 1) < 1d-15), 'answers of a plane')
    call check(count(field < -4) == 2 * (5 * 4 - 6), 'the halo of a plane')
    call check(all(answered_by == bimetal_by_reference), 'who answered a plane')
    in_3d = reshape(in, [2, 1, 3, 2])
    do j = 1, 2
      iterate = merge(bimetal_first, bimetal_next, j == 1)
      call bimetal_solve_iteration(hybrid, iterate, 1, in_3d, out_3d)
      call check(all(abs(out_3d - in_3d - 1) < 1d-15), 'answers of an iteration')
    end do
    call bimetal_destroy(hybrid)
  end subroutine

  !> A surrogate learns, laws see its answers, reports count them, and a state goes on to the bit.
  subroutine learning_and_state()
    type(bimetal_hybrid) :: hybrid, other
    integer, parameter :: n = 400
    real(c_double) :: in(2, n), out(2, n), out_of_other(2, n), accepted, wrong
    integer(c_int8_t) :: answered_by(n)
    integer(c_int8_t), pointer :: state(:)
    integer(c_int), target :: seen
    integer(c_int64_t) :: by_surrogate
    integer :: step
    character(len=:), allocatable :: json
    call create(hybrid, seed=5)
    call bimetal_bound_output(hybrid, ['a', 'b'], upper=2.5d0)
    call bimetal_add_invariant(hybrid, [1d0, -1d0])
    call bimetal_set_fingerprint(hybrid, 'one more')
    call bimetal_set_row_reference(hybrid, increase)
    seen = 0
    call bimetal_add_law(hybrid, 'none', let_pass, c_loc(seen))
    call bimetal_start(hybrid, MPI_COMM_WORLD)
    by_surrogate = 0
    do step = 0, 79
      call random_number(in)
      call bimetal_solve(hybrid, step, in, out, answered_by=answered_by)
      call check(all(abs(out - in - 1) < 0.1d0), 'an answer')
      by_surrogate = by_surrogate + count(answered_by == bimetal_by_surrogate)
      where (answered_by == bimetal_by_surrogate) &
        answered_by = merge(answered_by, 0_c_int8_t, abs(out(1, :) - in(1, :) - out(2, :) + in(2, :)) < 1d-12)
      call check(all(answered_by > 0), 'the invariant of an answer')
    end do
    call check(by_surrogate > 0, 'rows that the surrogate answered')
    call check(seen >= by_surrogate, 'answers that a law saw')
    call bimetal_print_summary(hybrid)
    call bimetal_report(hybrid, json)
    call check(index(json, '"certificate"') > 0, 'a report')
    call bimetal_report_number(hybrid, 'subproblems.accepted', accepted)
    call check(accepted >= by_surrogate, 'a number of the report')
    call bimetal_report_number(hybrid, 'certificate.upper_bound', wrong)
    call check(wrong > 0 .and. wrong < 0.2d0, 'the certificate')

    call bimetal_get_state(hybrid, state)
    call create(other, seed=5)
    call bimetal_bound_output(other, ['a', 'b'], upper=2.5d0)
    call bimetal_add_invariant(other, [1d0, -1d0])
    call bimetal_set_fingerprint(other, 'one more')
    call bimetal_set_row_reference(other, increase)
    call bimetal_add_law(other, 'none', let_pass, c_loc(seen))
    call bimetal_start(other, MPI_COMM_WORLD)
    call bimetal_set_state(other, state)
    call random_number(in)
    call bimetal_solve(hybrid, 80, in, out)
    call bimetal_solve(other, 80, in, out_of_other)
    call check(.not. any(abs(out - out_of_other) > 0), 'a step after a state')
    call bimetal_destroy(other)
    call bimetal_destroy(hybrid)
  end subroutine

  subroutine errors()
    type(bimetal_hybrid) :: hybrid
    real(c_double) :: in(2, 5), out(2, 5)
    integer(c_int) :: status
    call bimetal_add_input(hybrid, 'a', 'K', 1d0, status=status)
    call check(status == bimetal_bad_input, 'a column without a handle')
    call create(hybrid)
    call bimetal_set_row_reference(hybrid, increase)
    call bimetal_set_option(hybrid, 'switching.tolerance', -1d-3)
    call bimetal_start(hybrid, MPI_COMM_WORLD, status)
    call check(status == bimetal_bad_input, 'a tolerance below 0')
    call check(index(bimetal_last_error(), 'switching.tolerance') > 0, 'what is said of a tolerance below 0')
    call bimetal_set_option(hybrid, 'switching.tolerance', 1d-2)
    call bimetal_start(hybrid, MPI_COMM_WORLD)
    in = 0.5d0
    call bimetal_solve(hybrid, 0, in(1:1, :), out, status=status)
    call check(status == bimetal_bad_input, 'a width that does not fit')
    call check(index(bimetal_last_error(), '1 inputs (the kind has 2)') > 0, 'what is said of a width')
    if (rank == 0) then
      call bimetal_solve(hybrid, 0, in, out(:, 1:4), status=status)
    else
      call bimetal_solve(hybrid, 0, in, out, status=status)
    end if
    call check(status == bimetal_bad_input, 'a number of rows that does not fit on one rank')
    if (rank == n_ranks - 1) in(1, 3) = -1
    call bimetal_solve(hybrid, 0, in, out, status=status)
    call check(status == bimetal_physics_failed, 'the status of a row that failed on one rank')
    call check(bimetal_last_physics_code() == 7, 'the code of a row that failed on one rank')
    call check(index(bimetal_last_error(), 'it is too cold') > 0, 'the explanation of one rank')
    call bimetal_destroy(hybrid)
  end subroutine
end program
