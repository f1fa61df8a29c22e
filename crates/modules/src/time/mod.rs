//! `time`: sleeping, ticks, and the calendar.
//!
//! Sleeping parks the fiber until a time of the engine's clock, so that a sleeping program costs nothing and other
//! fibers, callbacks and Ctrl-C get their turn. Ticks wrap at the period of the machine's [`Timekeeper`], which is what
//! programs on a microcontroller have to cope with.
//!
//! [`Timekeeper`]: crate::clock::Timekeeper

pub mod calendar;
pub mod zone;

use crate::arguments;
use crate::clock::{epoch_us, now_us, ticks_period};
use crate::errno::EINVAL;
use crate::settings::Settings;
use crate::vfs::system::system;
use calendar::DAYS_TO_2000;
use wigwag_vm::heap::{Raised, TypeId, Value};
use wigwag_vm::objects::function::full;
use wigwag_vm::run::{Arguments, ModuleDef, Outcome, Vm, Wait};
use zone::ZoneTime;

/// `time`
pub static MODULE: ModuleDef = ModuleDef {
    name: "time",
    members: &[
        full("sleep", 1, 1, sleep),
        full("sleep_ms", 1, 1, |vm, arguments| sleep_units(vm, arguments, 1000)),
        full("sleep_us", 1, 1, |vm, arguments| sleep_units(vm, arguments, 1)),
        full("ticks_ms", 0, 0, |vm, _| ticks(vm, 1000)),
        full("ticks_us", 0, 0, |vm, _| ticks(vm, 1)),
        full("ticks_cpu", 0, 0, |vm, _| ticks(vm, 1)),
        full("ticks_add", 2, 2, ticks_add),
        full("ticks_diff", 2, 2, ticks_diff),
        full("time", 0, 0, time),
        full("time_ns", 0, 0, time_ns),
        full("clock", 0, 0, clock),
        full("gmtime", 0, 1, universal_time),
        full("localtime", 0, 1, local_time),
        full("mktime", 1, 1, make_time),
    ],
};

/// Parks the fiber for some microseconds.
pub fn park_for(vm: &mut Vm, microseconds: u64) -> Outcome {
    let now = now_us(vm);
    Outcome::Park(Wait::Until(now.saturating_add(microseconds)))
}

fn sleep(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let value = given.at(vm, 0);
    let seconds = arguments::float(&mut vm.heap, value)?;
    if seconds.is_nan() || seconds < 0.0 {
        return Err(vm.heap.raise_os(EINVAL));
    }
    // Beyond the range of u64 the conversion saturates: such a sleep never ends.
    let microseconds = libm::round(seconds * 1_000_000.0) as u64;
    Ok(park_for(vm, microseconds))
}

fn sleep_units(vm: &mut Vm, given: Arguments, unit: u64) -> Result<Outcome, Raised> {
    let value = given.at(vm, 0);
    let count = arguments::integer(&mut vm.heap, value)?;
    Ok(match u64::try_from(count) {
        Ok(count) => park_for(vm, count.saturating_mul(unit)),
        Err(_) => Value::NONE.into(),
    })
}

fn ticks(vm: &mut Vm, unit: u64) -> Result<Outcome, Raised> {
    let ticks = now_us(vm) / unit % ticks_period(vm);
    Ok(vm.heap.int(ticks as i64)?.into())
}

fn ticks_add(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (ticks, delta) = (given.at(vm, 0), given.at(vm, 1));
    let ticks = arguments::integer(&mut vm.heap, ticks)?;
    let delta = arguments::integer(&mut vm.heap, delta)?;
    let period = ticks_period(vm);
    // What ticks_diff could not give back is refused.
    if delta.unsigned_abs() >= period / 2 {
        return Err(vm.heap.raise(TypeId::OverflowError, "ticks interval overflow"));
    }
    let sum = (ticks as u64).wrapping_add(delta as u64) & (period - 1);
    Ok(vm.heap.int(sum as i64)?.into())
}

fn ticks_diff(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (end, start) = (given.at(vm, 0), given.at(vm, 1));
    let end = arguments::integer(&mut vm.heap, end)?;
    let start = arguments::integer(&mut vm.heap, start)?;
    let period = ticks_period(vm);
    let half = period / 2;
    let ahead = (end as u64).wrapping_sub(start as u64).wrapping_add(half) & (period - 1);
    Ok(vm.heap.int(ahead as i64 - half as i64)?.into())
}

/// Whether time is kept as on a microcontroller.
fn since_2000(vm: &mut Vm) -> bool {
    vm.extension::<Settings>().is_some_and(|settings| settings.time_since_2000)
}

/// Seconds between 1970 and the epoch of this machine.
fn epoch_offset(vm: &mut Vm) -> i64 {
    if since_2000(vm) { DAYS_TO_2000 * 86_400 } else { 0 }
}

/// Microseconds since the epoch of this machine.
fn since_epoch_us(vm: &mut Vm) -> i64 {
    let offset = epoch_offset(vm);
    i64::try_from(epoch_us(vm)).unwrap_or(i64::MAX) - offset * 1_000_000
}

fn time(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let microseconds = since_epoch_us(vm);
    let result = if since_2000(vm) {
        vm.heap.int(microseconds.div_euclid(1_000_000))
    } else {
        vm.heap.float(microseconds as f64 / 1_000_000.0)
    };
    Ok(result?.into())
}

fn time_ns(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let microseconds = since_epoch_us(vm);
    Ok(vm.heap.int(microseconds.saturating_mul(1000))?.into())
}

fn clock(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    let microseconds = now_us(vm);
    Ok(vm.heap.float(microseconds as f64 / 1_000_000.0)?.into())
}

/// How far local time is from universal time at a moment. A microcontroller's clock knows no other than its own.
fn zone_at(vm: &mut Vm, seconds: i64) -> ZoneTime {
    if since_2000(vm) {
        return ZoneTime::default();
    }
    system(vm).map(|system| system.zone_at(seconds)).unwrap_or_default()
}

/// The argument of `gmtime()` and `localtime()`, or now, in seconds since 1970.
fn moment(vm: &mut Vm, given: Arguments) -> Result<i64, Raised> {
    let offset = epoch_offset(vm);
    let seconds = match given.get(vm, 0).filter(|value| !value.is_none()) {
        None => since_epoch_us(vm).div_euclid(1_000_000),
        Some(value) => match vm.heap.as_int(value) {
            Some(seconds) => seconds,
            None => arguments::float(&mut vm.heap, value)? as i64,
        },
    };
    Ok(seconds.saturating_add(offset))
}

fn universal_time(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let moment = moment(vm, given)?;
    date_tuple(vm, moment, ZoneTime::default())
}

fn local_time(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let moment = moment(vm, given)?;
    let zone = zone_at(vm, moment);
    date_tuple(vm, moment, zone)
}

fn date_tuple(vm: &mut Vm, moment: i64, zone: ZoneTime) -> Result<Outcome, Raised> {
    let date = calendar::date(moment.saturating_add(i64::from(zone.offset)));
    let fields = [
        date.year,
        date.month,
        date.day,
        date.hour,
        date.minute,
        date.second,
        date.weekday,
        date.day_of_year,
        i64::from(zone.daylight),
    ];
    let mut items = [Value::NONE; 9];
    for (item, field) in items.iter_mut().zip(fields) {
        *item = vm.heap.int(field)?;
    }
    // A microcontroller's tuple ends before the field about daylight saving.
    let count = if since_2000(vm) { 8 } else { 9 };
    Ok(vm.heap.tuple(&items[..count])?.into())
}

fn make_time(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let tuple = given.at(vm, 0);
    let items = arguments::sequence(&mut vm.heap, tuple)?;
    if items.len() != 8 && items.len() != 9 {
        return Err(vm.type_error("mktime needs a tuple of length 8 or 9"));
    }
    let mut fields = [0; 6];
    for (field, &item) in fields.iter_mut().zip(&items) {
        *field = arguments::integer(&mut vm.heap, item)?;
    }
    let daylight = match items.get(8) {
        Some(&flag) => arguments::integer(&mut vm.heap, flag)?,
        None => -1,
    };
    let daylight = (daylight >= 0 && !since_2000(vm)).then_some(daylight > 0);
    let offset = epoch_offset(vm);
    let moment = calendar::seconds(fields)
        .and_then(|local| zone::from_local(local, daylight, |moment| zone_at(vm, moment)))
        .and_then(|moment| moment.checked_sub(offset));
    match moment {
        Some(seconds) => Ok(vm.heap.int(seconds)?.into()),
        None => Err(vm.heap.raise(TypeId::OverflowError, "invalid mktime usage")),
    }
}
