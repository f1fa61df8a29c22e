//! From the arguments of a call to the parameters of a Python function.
//!
//! What always holds: everything that is allocated is allocated before the first register changes, so that a call that
//! runs out of memory can be done again with the same registers.

use super::Vm;
use super::code::Code;
use crate::heap::{Handle, Raised, Slot, Symbol, TypeId, Value, sym};
use crate::objects::dict::Dict;
use alloc::string::String;
use alloc::vec::Vec;

impl Vm {
    /// Puts arguments where the parameters are, fills in defaults, gathers the rest, and clears the other registers.
    pub(super) fn bind_parameters(
        &mut self,
        function: Handle,
        code: &Code,
        base: usize,
        count: usize,
        names: Value,
    ) -> Result<(), Raised> {
        let Slot::Function(object) = self.heap.slot(function) else { return Ok(()) };
        let (defaults, keyword_defaults) = (object.defaults, object.keyword_defaults);
        let positional = code.positional as usize;
        let named = positional + code.keyword_only as usize;
        let default_count = self.heap.as_tuple(defaults).map_or(0, <[Value]>::len).min(positional);
        let keywords: Vec<(Value, Value)> = match self.heap.as_tuple(names) {
            Some(names) => {
                let values = self.fiber.stack.get(base + count..).unwrap_or(&[]);
                names.iter().copied().zip(values.iter().copied()).collect()
            }
            None => Vec::new(),
        };
        // As upstream: with neither keywords nor defaults of keyword-only parameters, a short way with texts of its own.
        let plain = keywords.is_empty() && keyword_defaults.is_none();
        if count > positional && !code.flags.star {
            return Err(self.positional_mismatch(code, positional, count));
        }
        if plain && count < positional - default_count {
            return Err(self.positional_mismatch(code, positional - default_count, count));
        }
        let star = match code.flags.star {
            true => {
                let extra = self.fiber.stack.get(base + positional..base + count).unwrap_or(&[]).to_vec();
                self.heap.tuple(&extra)?
            }
            false => Value::UNBOUND,
        };
        let double_star = match code.flags.double_star {
            true => {
                let table = Dict::with_room(&mut self.heap.budget, keywords.len())?;
                self.heap.dict(table)?
            }
            false => Value::UNBOUND,
        };
        let given = count.min(positional);
        self.fiber.stack[base + given..base + code.registers as usize].fill(Value::UNBOUND);
        for (name, value) in keywords {
            let name = self.heap.to_symbol(name)?.unwrap_or(sym::EMPTY);
            let number = code.parameters[..named].iter().position(|&known| known == name);
            match number {
                Some(number) if self.fiber.stack[base + number].is_unbound() => {
                    self.fiber.stack[base + number] = value;
                }
                Some(_) => return Err(self.doubled_argument(name)),
                None if code.flags.double_star => self.add_keyword(double_star, name, value)?,
                None => {
                    let text = String::from(self.heap.symbols.text(name));
                    let message = format_args!("unexpected keyword argument '{text}'");
                    return Err(self.heap.raise_fmt(TypeId::TypeError, message));
                }
            }
        }
        // Defaults belong to the last positional parameters.
        for number in given..positional {
            let place = &mut self.fiber.stack[base + number];
            if place.is_unbound()
                && let Some(index) = number.checked_sub(positional - default_count)
                && let Some(&default) = self.heap.as_tuple(defaults).and_then(|all| all.get(index))
            {
                *place = default;
            }
        }
        if let Some(number) =
            (given..positional).rev().find(|&number| self.fiber.stack[base + number].is_unbound())
        {
            let message = format_args!("function missing required positional argument #{number}");
            return Err(self.heap.raise_fmt(TypeId::TypeError, message));
        }
        if plain && code.keyword_only > 0 {
            return Err(self.heap.raise(TypeId::TypeError, "function missing keyword-only argument"));
        }
        for number in positional..named {
            if !self.fiber.stack[base + number].is_unbound() {
                continue;
            }
            let name = code.parameters[number];
            let default = keyword_defaults.as_handle().and_then(|table| self.namespace_get(table, name));
            match default {
                Some(default) => self.fiber.stack[base + number] = default,
                None => {
                    let text = String::from(self.heap.symbols.text(name));
                    let message = format_args!("function missing required keyword argument '{text}'");
                    return Err(self.heap.raise_fmt(TypeId::TypeError, message));
                }
            }
        }
        let mut next = base + named;
        if code.flags.star {
            self.fiber.stack[next] = star;
            next += 1;
        }
        if code.flags.double_star {
            self.fiber.stack[next] = double_star;
        }
        let Slot::Function(object) = self.heap.slot(function) else { return Ok(()) };
        let first = base + code.free_first as usize;
        self.fiber.stack[first..first + object.cells.len()].copy_from_slice(&object.cells);
        Ok(())
    }

    /// A keyword that no parameter takes, into the dict for those.
    pub(super) fn add_keyword(&mut self, dict: Value, name: Symbol, value: Value) -> Result<(), Raised> {
        let Some(handle) = dict.as_handle() else { return Ok(()) };
        if self.namespace_get(handle, name).is_some() {
            return Err(self.doubled_argument(name));
        }
        self.namespace_set(handle, name, value)
    }

    #[cold]
    fn doubled_argument(&mut self, name: Symbol) -> Raised {
        let text = String::from(self.heap.symbols.text(name));
        self.heap
            .raise_fmt(TypeId::TypeError, format_args!("function got multiple values for argument '{text}'"))
    }

    #[cold]
    fn positional_mismatch(&mut self, code: &Code, wanted: usize, given: usize) -> Raised {
        let name = String::from(self.heap.symbols.text(code.name));
        self.heap.raise_fmt(
            TypeId::TypeError,
            format_args!("{name}() takes {wanted} positional arguments but {given} were given"),
        )
    }
}
