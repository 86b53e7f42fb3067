//! Sending a request again: whether, and when.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tower::retry::budget::{Budget, TpsBudget};

use super::{client_error::Error, conditional::retry_after, send::ReceivedResponse};
use crate::{Code, Retry, Status};

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;
type Sleeper = Arc<dyn Fn(Duration) -> Sleep + Send + Sync>;
type Observer = Arc<dyn Fn(&Attempt<'_>) + Send + Sync>;

/// Whether a request is sent again, and when.
///
/// What is worth it is said by the document and its catalogue ([`Status::retry`]): a status that is, a
/// time-out, and a connection that breaks. A request is sent again only if it does no harm twice: if its
/// method is idempotent (RFC 9110, section 9.2.2) or it has an `Idempotency-ResponseKey`, if nothing of it was
/// sent for want of a connection, or if [`any_method`](Self::any_method) is set. Content that is read as it
/// is sent ([`Call::with_content`](super::call::Call::with_content)) is there but once, and not repeated.
///
/// `Retry-After` says how long to wait. Without it, it is a random part of a time that grows with each
/// attempt, so that many clients do not come back at once ("full jitter"). A wait that does not end before
/// the deadline is not begun, and an answer counts if the deadline is all that comes after it.
///
/// Clones share their budget: it is of use only in a policy that is made once.
#[derive(Clone)]
pub struct RetryPolicy {
    attempts: u32,
    backoff: ExponentialBuilder,
    longest: Duration,
    jitter: bool,
    deadline: Option<Duration>,
    codes: Option<Vec<Code>>,
    waits: Vec<(Code, Duration)>,
    any_method: bool,
    budget: Option<Arc<TpsBudget>>,
    sleeper: Sleeper,
    observer: Option<Observer>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl RetryPolicy {
    /// At most 3 attempts within 5 minutes, with a first wait of up to half a second that doubles up to
    /// 20 seconds, and a budget of a fifth of the requests.
    #[must_use]
    pub fn new() -> Self {
        let longest = Duration::from_secs(20);
        let policy = Self {
            attempts: 3,
            backoff: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(500))
                .with_max_delay(longest)
                .without_max_times(),
            longest,
            jitter: true,
            deadline: Some(Duration::from_secs(300)),
            codes: None,
            waits: Vec::new(),
            any_method: false,
            budget: None,
            sleeper: Arc::new(|wait| Box::pin(tokio::time::sleep(wait))),
            observer: None,
        };
        policy.budget(5, 10)
    }

    /// How often the request is sent at most, the first time included; once at least.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The wait after the first attempt, of which jitter takes a part; it doubles with each further one.
    #[must_use]
    pub fn min_delay(mut self, wait: Duration) -> Self {
        self.backoff = self.backoff.with_min_delay(wait);
        self
    }

    /// The longest wait, if no answer says how long to wait.
    #[must_use]
    pub fn max_delay(mut self, wait: Duration) -> Self {
        self.backoff = self.backoff.with_max_delay(wait);
        self.longest = wait;
        self
    }

    /// Waits that double from this one on, up to the longest, without jitter: for a program that has few
    /// like it.
    #[must_use]
    pub fn exponential(self, wait: Duration) -> Self {
        self.min_delay(wait).jitter(false)
    }

    /// Whether a wait is a random part of the time that it may take, which is the default.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// How long all may take: every attempt and every wait. `None` sets no end, and then a server may have
    /// a client wait for ever.
    #[must_use]
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.deadline = deadline.into();
        self
    }

    /// Repeats on these statuses, in place of those that the document calls worth repeating.
    #[must_use]
    pub fn retry_on<C: Into<Code>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.codes = Some(codes.into_iter().map(Into::into).collect());
        self
    }

    /// How long to wait on a status whose answer has no `Retry-After`, in place of the growing time.
    #[must_use]
    pub fn delay_on(mut self, code: impl Into<Code>, wait: Duration) -> Self {
        self.waits.push((code.into(), wait));
        self
    }

    /// Repeats requests of any method, such as POST: for a server that does no harm if it gets one twice.
    #[must_use]
    pub fn any_method(mut self) -> Self {
        self.any_method = true;
        self
    }

    /// How many requests may be sent again, so that a server in need is not met with many times what it
    /// cannot do: one in so many calls of the last 10 seconds (`None` for none at all), and so many per
    /// second whatever the calls are. The default is one in 5, and 10.
    #[must_use]
    pub fn budget(mut self, one_in: impl Into<Option<u16>>, per_second: u16) -> Self {
        let share = one_in
            .into()
            .map_or(0.0, |calls| 1.0 / f32::from(calls.max(1)));
        let budget = TpsBudget::new(Duration::from_secs(10), per_second.into(), share);
        self.budget = Some(Arc::new(budget));
        self
    }

    /// Lets every request be sent again.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.budget = None;
        self
    }

    /// Waits in another way than by tokio's clock, such as by writing down how long in a test. What is
    /// waited counts towards the deadline in any case.
    #[must_use]
    pub fn sleeper<S, F>(mut self, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.sleeper = Arc::new(move |wait| Box::pin(sleep(wait)));
        self
    }

    /// Is told of each attempt, when it has ended.
    #[must_use]
    pub fn on_attempt(mut self, observe: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observe));
        self
    }

    /// Whether a status is worth another attempt.
    fn repeats_on(&self, code: Code) -> bool {
        match &self.codes {
            Some(codes) => codes.contains(&code),
            None => code
                .status()
                .is_some_and(|status| Status::retry(status) != Retry::Never),
        }
    }
}

/// Without what it calls.
impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("attempts", &self.attempts)
            .field("backoff", &self.backoff)
            .field("jitter", &self.jitter)
            .field("deadline", &self.deadline)
            .field("codes", &self.codes)
            .field("waits", &self.waits)
            .field("any_method", &self.any_method)
            .finish_non_exhaustive()
    }
}

/// An attempt that has ended.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation's id.
    pub operation: &'static str,
    /// Its number, from 1.
    pub number: u32,
    /// The status, if an answer came.
    pub code: Option<Code>,
    /// Why there is no answer, or none that is complete.
    pub error: Option<&'a Error>,
    /// How long it took.
    pub elapsed: Duration,
    /// How long is waited before the next; `None` if it is the last.
    pub delay: Option<Duration>,
}

/// A call under a policy.
pub(crate) struct RetryState<'a> {
    policy: &'a RetryPolicy,
    operation: &'static str,
    waits: ExponentialBackoff,
    number: u32,
    began: Instant,
    /// When the attempt began.
    sent: Instant,
    waited: Duration,
}

impl<'a> RetryState<'a> {
    pub(crate) fn new(policy: &'a RetryPolicy, operation: &'static str) -> Self {
        if let Some(budget) = &policy.budget {
            budget.deposit();
        }
        let now = Instant::now();
        Self {
            policy,
            operation,
            waits: policy.backoff.build(),
            number: 1,
            began: now,
            sent: now,
            waited: Duration::ZERO,
        }
    }

    /// The number of the attempt, from 1.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// What is left until the deadline. A sleeper that does not sleep is believed.
    pub(crate) fn left(&self) -> Option<Duration> {
        let gone = self.began.elapsed().max(self.waited);
        Some(self.policy.deadline?.saturating_sub(gone))
    }

    /// Waits for the next attempt; whether there is one.
    pub(crate) async fn next(
        &mut self,
        outcome: &Result<ReceivedResponse, Error>,
        request: RequestState,
    ) -> bool {
        let wait = self.wait(outcome, request);
        if let Some(observe) = &self.policy.observer {
            observe(&Attempt {
                operation: self.operation,
                number: self.number,
                code: Self::code(outcome),
                error: outcome.as_ref().err(),
                elapsed: self.sent.elapsed(),
                delay: wait,
            });
        }
        let Some(wait) = wait else {
            return false;
        };
        (self.policy.sleeper)(wait).await;
        self.waited = self.waited.saturating_add(wait);
        self.number += 1;
        self.sent = Instant::now();
        true
    }

    fn code(outcome: &Result<ReceivedResponse, Error>) -> Option<Code> {
        match outcome {
            Ok(arrival) => Some(arrival.raw.code),
            Err(error) => error.code(),
        }
    }

    /// How long to wait before the next attempt; `None` if there is none.
    fn wait(
        &mut self,
        outcome: &Result<ReceivedResponse, Error>,
        request: RequestState,
    ) -> Option<Duration> {
        let code = Self::code(outcome);
        let is_idempotent = request.is_idempotent || self.policy.any_method;
        let is_worth_it = match (outcome, code) {
            (Err(error), None) if error.is_connect() => is_idempotent || request.is_unsent,
            // Of an answer that breaks off, its status is known.
            (Err(error), code) if code.is_none_or(Code::is_success) => {
                is_idempotent && error.is_transport()
            }
            (_, Some(code)) => is_idempotent && self.policy.repeats_on(code),
            (_, None) => false,
        };
        if !is_worth_it || !request.is_replayable || self.number >= self.policy.attempts {
            return None;
        }
        let growing = self.waits.next()?.min(self.policy.longest);
        let wait = self.asked(outcome, code).unwrap_or_else(|| {
            if self.policy.jitter {
                growing.mul_f64(fastrand::f64())
            } else {
                growing
            }
        });
        if self.left().is_some_and(|left| wait >= left) {
            return None;
        }
        match &self.policy.budget {
            Some(budget) if !budget.withdraw() => None,
            _ => Some(wait),
        }
    }

    /// How long an answer asks to wait, by itself or by its status.
    fn asked(
        &self,
        outcome: &Result<ReceivedResponse, Error>,
        code: Option<Code>,
    ) -> Option<Duration> {
        let headers = match outcome {
            Ok(arrival) => Some(&arrival.raw.headers),
            Err(error) => error.headers(),
        };
        let of_status = || {
            let mut waits = self.policy.waits.iter().rev();
            let found = waits.find(|(of, _)| Some(*of) == code);
            found.map(|(_, wait)| *wait)
        };
        headers.and_then(retry_after).or_else(of_status)
    }
}

/// A request that may be sent again.
#[derive(Clone, Copy)]
pub(crate) struct RequestState {
    /// Whether it does no harm if it is sent twice.
    pub(crate) is_idempotent: bool,
    /// Whether a failure to connect means that nothing has been sent.
    pub(crate) is_unsent: bool,
    /// Whether its content is still there.
    pub(crate) is_replayable: bool,
}
