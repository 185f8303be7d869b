//! The one macro that turns a list of fields and wire keys into a struct, its reader and its writer.
//!
//! Derived readers can't be used here: they neither keep unknown keys as raw text nor borrow optional strings.

/// Declares a wire object. Every object keeps what it does not know in `extra`; a key given twice is an error.
/// `optional` objects may be missing as a whole and are left out when they say nothing. A `required` field is always written and
/// must be there, even where its type has a value for a missing key.
macro_rules! object {
    (
        $(#[$meta:meta])*
        $vis:vis $name:ident<$lt:lifetime $(, $generic:ident = $default:ty)?> $($optional:ident)? {
            $( $(#[$doc:meta])* $field:ident $key:literal $($required:ident)?: $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name<$lt $(, $generic = $default)?> {
            $( $(#[$doc])* $vis $field: $type, )*
            /// Keys this version does not know, kept as sent.
            $vis extra: $crate::wire::Extra<$lt>,
        }

        impl<$lt $(, $generic: $crate::wire::Wire<$lt>)?> $crate::wire::Wire<$lt> for $name<$lt $(, $generic)?> {
            #[cfg(feature = "decode")]
            fn read<D: serde::Deserializer<$lt>>(from: D) -> Result<Self, D::Error> {
                struct Object<$lt $(, $generic)?>(std::marker::PhantomData<&$lt ()> $(, std::marker::PhantomData<$generic>)?);
                impl<$lt $(, $generic: $crate::wire::Wire<$lt>)?> serde::de::Visitor<$lt> for Object<$lt $(, $generic)?> {
                    type Value = $name<$lt $(, $generic)?>;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<$lt>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        use $crate::wire::value::Read;
                        $( let mut $field: Option<$type> = None; )*
                        let mut extra = $crate::wire::Extra::default();
                        while let Some(key) = map.next_key_seed(Read::<std::borrow::Cow<$lt, str>>::new())? {
                            match &*key {
                                $( $key => {
                                    if $field.is_some() {
                                        return Err(serde::de::Error::duplicate_field($key));
                                    }
                                    $field = Some(map.next_value_seed(Read::new())?);
                                } )*
                                _ => extra.keep(key, &mut map)?,
                            }
                        }
                        Ok($name {
                            $( $field: match $field.or_else($crate::wire::object::object!(@ absent $type $(, $required)?)) {
                                Some(value) => value,
                                None => return Err(serde::de::Error::missing_field($key)),
                            }, )*
                            extra,
                        })
                    }
                }
                from.deserialize_map(Object::<$lt $(, $generic)?>(std::marker::PhantomData $(, std::marker::PhantomData::<$generic>)?))
            }

            #[cfg(feature = "decode")]
            fn plain(from: &mut $crate::wire::plain::Plain<$lt>) -> Result<Self, $crate::wire::plain::NotPlain> {
                use $crate::wire::plain::{NotPlain, known};
                $( let mut $field: Option<$type> = None; )*
                let mut members = from.open(b'{')?;
                while from.more(&mut members, b'}')? {
                    let key = from.key()?;
                    // The compiler makes a jump table of these comparisons.
                    $( if key == const { known($key) } {
                        from.value(&mut $field)?;
                        continue;
                    } )*
                    return Err(NotPlain);
                }
                Ok($name {
                    $( $field: $field.or_else($crate::wire::object::object!(@ absent $type $(, $required)?)).ok_or(NotPlain)?, )*
                    extra: $crate::wire::Extra::default(),
                })
            }

            fn write(&self, out: &mut Vec<u8>) {
                out.push(b'{');
                $( $crate::wire::object::object!(@ write $key, &self.$field, out $(, $required)?); )*
                self.extra.write_members(out);
                out.push(b'}');
            }

            $( $crate::wire::object::object!(@ $optional); )?
        }
    };
    (@ absent $type:ty) => {
        <$type as $crate::wire::Wire<'_>>::absent
    };
    (@ absent $type:ty, required) => {
        || None
    };
    (@ write $key:literal, $value:expr, $out:ident) => {
        $crate::wire::value::write_member($key, $value, $out)
    };
    (@ write $key:literal, $value:expr, $out:ident, required) => {
        $crate::wire::value::write_required($key, $value, $out)
    };
    (@ optional) => {
        fn absent() -> Option<Self> {
            Some(Self::default())
        }
        fn is_absent(&self) -> bool {
            *self == Self::default()
        }
    };
}
pub(super) use object;
