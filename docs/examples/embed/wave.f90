!> Waves of the photosensitive Belousov-Zhabotinsky reaction run around a ring. A solver of its own moves them; Bimetal
!> answers what happens in the cells. The model is the Oregonator of Krug, Pohlmann & Kuhnert, J. Phys. Chem. 94 (1990)
!> 4862, in its own units.
!>
!>   mpirun -n 2 ./wave_fortran [cells] [steps] [restart file]
!>
!> The restart file is written at the end; if there is one, the run goes on from it, on as many ranks as before.
module oregonator
  use bimetal, only: c_double, c_int
  implicit none
  real(c_double), parameter :: eps = 0.04d0, f = 1.4d0, q = 0.002d0, dt = 0.03d0
contains
  !> The expensive function, a thousand steps of Runge and Kutta. in: u, v, phi. out: u and v a time dt later.
  subroutine react(in, out, failed)
    real(c_double), intent(in) :: in(:)
    real(c_double), intent(out) :: out(:)
    integer(c_int), intent(out) :: failed
    integer, parameter :: n = 1000
    real(c_double), parameter :: h = dt / n
    real(c_double), dimension(2) :: y, k1, k2, k3, k4
    integer :: i
    y = in(1:2)
    do i = 1, n
      k1 = rates(y, in(3))
      k2 = rates(y + h / 2 * k1, in(3))
      k3 = rates(y + h / 2 * k2, in(3))
      k4 = rates(y + h * k3, in(3))
      y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    end do
    out = y
    failed = 0
  end subroutine

  pure function rates(y, phi) result(dydt)
    real(c_double), intent(in) :: y(2), phi
    real(c_double) :: dydt(2)
    dydt = [(y(1) - y(1)**2 - (f * y(2) + phi) * (y(1) - q) / (y(1) + q)) / eps, y(1) - y(2)]
  end function
end module

program wave
  use mpi
  use bimetal
  use oregonator
  implicit none
  real(c_double), parameter :: dx = 0.3d0, diffusivity(2) = [1d0, 0.6d0], pi = acos(-1d0)
  type(bimetal_hybrid) :: hybrid
  real(c_double), allocatable :: y(:, :), in(:, :), out(:, :)  ! y: u and v, (2, 0:n + 1) with a halo
  real(c_double) :: certificate, speedup
  integer(c_int64_t), allocatable :: id(:)
  integer :: rank, n_ranks, ierr, cells, steps, done, n, first, step, i
  character(len=256) :: restart, fields
  logical :: goes_on

  call MPI_Init(ierr)
  call MPI_Comm_rank(MPI_COMM_WORLD, rank, ierr)
  call MPI_Comm_size(MPI_COMM_WORLD, n_ranks, ierr)
  cells = number(1, default=1000)
  steps = number(2, default=600)
  call get_command_argument(3, restart)
  write (fields, '(a, ".rank", i0)') trim(restart), rank

  ! This rank has n cells of the ring, which are numbered from 0.
  first = int(int(cells, c_int64_t) * rank / n_ranks)
  n = int(int(cells, c_int64_t) * (rank + 1) / n_ranks) - first
  allocate (y(2, 0:n + 1), in(3, n), out(2, n))
  id = [(int(first + i, c_int64_t), i = 0, n - 1)]
  y = 0.05d0
  where (id < cells / 20) y(1, 1:n) = 0.8d0
  in(3, :) = 0.005d0 * (1 + cos(2 * pi * (id + 0.5d0) / cells))

  call bimetal_create('oregonator', hybrid)
  call bimetal_add_input(hybrid, 'u', '1', 1d0, 'positive')
  call bimetal_add_input(hybrid, 'v', '1', 0.3d0)
  call bimetal_add_input(hybrid, 'phi', '1', 0.01d0)
  call bimetal_add_output(hybrid, 'u', '1', 1d0, continues='u', lower=0d0, upper=1d0)
  call bimetal_add_output(hybrid, 'v', '1', 0.3d0, continues='v', lower=0d0, upper=1d0)
  call bimetal_set_fingerprint(hybrid, 'eps 0.04, f 1.4, q 0.002, dt 0.03')
  call bimetal_set_row_reference(hybrid, react)
  call bimetal_set_option(hybrid, 'switching.tolerance', 1d-3)
  call bimetal_set_option(hybrid, 'switching.cost_veto', .false.)  ! learns at once, whatever that costs
  call bimetal_start(hybrid, MPI_COMM_WORLD)

  done = 0
  goes_on = .false.
  if (restart /= '') inquire (file=restart, exist=goes_on)
  if (goes_on) then
    call bimetal_restore(hybrid, restart)
    open (10, file=fields, form='unformatted', status='old')
    read (10) done, y
    close (10)
  end if

  do step = done, done + steps - 1
    call exchange_halo()
    do i = 1, n
      in(1:2, i) = y(:, i) + diffusivity * dt / dx**2 * (y(:, i - 1) - 2 * y(:, i) + y(:, i + 1))
    end do
    call bimetal_solve(hybrid, step, in, out, id)
    y(:, 1:n) = out
  end do

  if (restart /= '') then
    call bimetal_save(hybrid, restart)
    open (10, file=fields, form='unformatted', status='replace')
    write (10) done + steps, y
    close (10)
  end if
  call bimetal_print_summary(hybrid)
  call bimetal_report(hybrid)
  call bimetal_report_number(hybrid, 'certificate.upper_bound', certificate)
  call bimetal_report_number(hybrid, 'speed.net_speedup', speedup)
  if (rank == 0) print '(3a)', 'certificate: at most ', decimals(100 * certificate), ' % wrong'
  if (rank == 0) print '(2a)', 'net speed-up: ', decimals(speedup)
  call bimetal_destroy(hybrid)
  call MPI_Finalize(ierr)

contains
  integer function number(position, default)
    integer, intent(in) :: position, default
    character(len=32) :: argument
    call get_command_argument(position, argument)
    number = default
    if (argument /= '') read (argument, *) number
  end function

  function decimals(value) result(text)
    real(c_double), intent(in) :: value
    character(len=:), allocatable :: text
    character(len=16) :: digits
    write (digits, '(f16.2)') value
    text = trim(adjustl(digits))
  end function

  subroutine exchange_halo()
    integer :: left, right
    left = modulo(rank - 1, n_ranks)
    right = modulo(rank + 1, n_ranks)
    call MPI_Sendrecv(y(:, 1), 2, MPI_DOUBLE_PRECISION, left, 1, y(:, n + 1), 2, MPI_DOUBLE_PRECISION, right, 1, &
                      MPI_COMM_WORLD, MPI_STATUS_IGNORE, ierr)
    call MPI_Sendrecv(y(:, n), 2, MPI_DOUBLE_PRECISION, right, 2, y(:, 0), 2, MPI_DOUBLE_PRECISION, left, 2, &
                      MPI_COMM_WORLD, MPI_STATUS_IGNORE, ierr)
  end subroutine
end program
