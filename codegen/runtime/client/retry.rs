//! Retries: which requests are sent again, and when.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tower::retry::budget::{Budget, TpsBudget};

use super::{conditional::retry_after, error::Error, send::ReceivedResponse};
use crate::{Code, Retry, Status};

type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;
type Sleeper = Arc<dyn Fn(Duration) -> Sleep + Send + Sync>;
type Observer = Arc<dyn Fn(&Attempt<'_>) + Send + Sync>;

/// Which requests are retried, and when.
///
/// By default, a request is retried after a timeout, after a broken connection, and after a response whose
/// status is marked as retryable ([`Status::retry`]) by the document or by the generator's catalogue.
///
/// Only a request that is safe to repeat is retried: its method is idempotent (RFC 9110, section 9.2.2), it
/// has an `Idempotency-Key`, nothing was sent because the connection failed, or
/// [`any_method`](Self::any_method) is set. A streamed [`Body`](crate::Body) cannot be replayed, so its request
/// is not retried.
///
/// `Retry-After` takes precedence over exponential backoff with full jitter: a random part of a delay that
/// doubles with each attempt, so that many clients do not retry at once.
///
/// A deadline bounds the whole call. If the next delay would reach it, the call ends without another attempt;
/// if it interrupts an attempt, the call returns the outcome of the attempt before.
///
/// A budget limits retries. Clones of a policy share it, so create a policy once and clone it.
#[derive(Clone)]
pub struct RetryPolicy {
    attempts: u32,
    backoff: ExponentialBuilder,
    max_delay: Duration,
    jitter: bool,
    deadline: Option<Duration>,
    codes: Option<Vec<Code>>,
    delays: Vec<(Code, Duration)>,
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
    /// Creates a policy with the defaults: at most 3 attempts within 5 minutes; delays that start at 500 ms
    /// and double up to 20 seconds, with full jitter; and a budget of one retry per 5 calls, plus 10 per
    /// second.
    #[must_use]
    pub fn new() -> Self {
        let max_delay = Duration::from_secs(20);
        let policy = Self {
            attempts: 3,
            backoff: ExponentialBuilder::new()
                .with_min_delay(Duration::from_millis(500))
                .with_max_delay(max_delay)
                .without_max_times(),
            max_delay,
            jitter: true,
            deadline: Some(Duration::from_secs(300)),
            codes: None,
            delays: Vec::new(),
            any_method: false,
            budget: None,
            sleeper: Arc::new(|delay| Box::pin(tokio::time::sleep(delay))),
            observer: None,
        };
        policy.budget(5, 10)
    }

    /// Sets the maximum number of attempts, including the first; 3 by default, at least 1.
    #[must_use]
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Sets the delay after the first attempt, before jitter; 500 ms by default. It doubles with each further
    /// attempt.
    #[must_use]
    pub fn min_delay(mut self, delay: Duration) -> Self {
        self.backoff = self.backoff.with_min_delay(delay);
        self
    }

    /// Sets the maximum delay of the backoff; 20 seconds by default. It does not limit `Retry-After` or
    /// [`delay_on`](Self::delay_on).
    #[must_use]
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.backoff = self.backoff.with_max_delay(delay);
        self.max_delay = delay;
        self
    }

    /// Sets delays without jitter, which start at this one and double up to the maximum; for a program with
    /// few instances.
    #[must_use]
    pub fn exponential(self, delay: Duration) -> Self {
        self.min_delay(delay).jitter(false)
    }

    /// Sets whether a random part of the delay is used ("full jitter"), which is the default.
    #[must_use]
    pub fn jitter(mut self, jitter: bool) -> Self {
        self.jitter = jitter;
        self
    }

    /// Sets the maximum duration of the whole call, all attempts and delays included; 5 minutes by default.
    ///
    /// With `None` there is no limit, and a server's `Retry-After` can block the call indefinitely.
    #[must_use]
    pub fn deadline(mut self, deadline: impl Into<Option<Duration>>) -> Self {
        self.deadline = deadline.into();
        self
    }

    /// Sets the statuses that are retried, in place of those that the document marks as retryable.
    #[must_use]
    pub fn retry_on<C: Into<Code>>(mut self, codes: impl IntoIterator<Item = C>) -> Self {
        self.codes = Some(codes.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the delay after a status, in place of the backoff. `Retry-After` takes precedence over it.
    #[must_use]
    pub fn delay_on(mut self, code: impl Into<Code>, delay: Duration) -> Self {
        self.delays.push((code.into(), delay));
        self
    }

    /// Retries requests with any method, including POST. Use it if the server tolerates duplicate requests.
    #[must_use]
    pub fn any_method(mut self) -> Self {
        self.any_method = true;
        self
    }

    /// Sets the budget of retries, which protects an overloaded server from retries.
    ///
    /// It allows one retry per `one_in` calls in the last 10 seconds (`None` for no such share), plus
    /// `per_second` retries per second. The default is one in 5, plus 10 per second.
    #[must_use]
    pub fn budget(mut self, one_in: impl Into<Option<u16>>, per_second: u16) -> Self {
        let share = one_in
            .into()
            .map_or(0.0, |calls| 1.0 / f32::from(calls.max(1)));
        let budget = TpsBudget::new(Duration::from_secs(10), per_second.into(), share);
        self.budget = Some(Arc::new(budget));
        self
    }

    /// Removes the budget.
    #[must_use]
    pub fn without_budget(mut self) -> Self {
        self.budget = None;
        self
    }

    /// Replaces `tokio::time::sleep`, for example to record delays in a test.
    ///
    /// The delays count towards the deadline in any case.
    #[must_use]
    pub fn sleeper<S, F>(mut self, sleep: S) -> Self
    where
        S: Fn(Duration) -> F + Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.sleeper = Arc::new(move |delay| Box::pin(sleep(delay)));
        self
    }

    /// Sets a function that is called at the end of each attempt, for example to log it.
    #[must_use]
    pub fn on_attempt(mut self, observe: impl Fn(&Attempt<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Some(Arc::new(observe));
        self
    }

    /// Returns whether a response with this status code is retried.
    fn repeats_on(&self, code: Code) -> bool {
        match &self.codes {
            Some(codes) => codes.contains(&code),
            None => code
                .status()
                .is_some_and(|status| Status::retry(status) != Retry::Never),
        }
    }
}

/// Omits the functions and the budget.
impl fmt::Debug for RetryPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryPolicy")
            .field("attempts", &self.attempts)
            .field("backoff", &self.backoff)
            .field("jitter", &self.jitter)
            .field("deadline", &self.deadline)
            .field("codes", &self.codes)
            .field("delays", &self.delays)
            .field("any_method", &self.any_method)
            .finish_non_exhaustive()
    }
}

/// A completed attempt.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The operation's id.
    pub operation: &'static str,
    /// The number of the attempt, from 1.
    pub number: u32,
    /// The status code, if a response was received.
    pub code: Option<Code>,
    /// The error, if no complete response was received, or if there were too many redirects. The response has
    /// not been decoded yet.
    pub error: Option<&'a Error>,
    /// The duration of the attempt.
    pub elapsed: Duration,
    /// The delay before the next attempt; `None` if this is the last.
    pub delay: Option<Duration>,
}

/// The state of a call with a retry policy.
pub(crate) struct RetryState<'a> {
    policy: &'a RetryPolicy,
    operation: &'static str,
    backoff: ExponentialBackoff,
    number: u32,
    began: Instant,
    /// When the current attempt began.
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
            backoff: policy.backoff.build(),
            number: 1,
            began: now,
            sent: now,
            waited: Duration::ZERO,
        }
    }

    /// Returns the number of the current attempt, from 1.
    pub(crate) fn number(&self) -> u32 {
        self.number
    }

    /// Returns the time until the deadline. Delays count in full, even if the sleeper returns early.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        let elapsed = self.began.elapsed().max(self.waited);
        Some(self.policy.deadline?.saturating_sub(elapsed))
    }

    /// Waits for the next attempt; returns false if there is none.
    pub(crate) async fn next(
        &mut self,
        outcome: &Result<ReceivedResponse, Error>,
        request: RequestState,
    ) -> bool {
        let delay = self.delay(outcome, request);
        if let Some(observe) = &self.policy.observer {
            observe(&Attempt {
                operation: self.operation,
                number: self.number,
                code: Self::code(outcome),
                error: outcome.as_ref().err(),
                elapsed: self.sent.elapsed(),
                delay,
            });
        }
        let Some(delay) = delay else {
            return false;
        };
        (self.policy.sleeper)(delay).await;
        self.waited = self.waited.saturating_add(delay);
        self.number += 1;
        self.sent = Instant::now();
        true
    }

    fn code(outcome: &Result<ReceivedResponse, Error>) -> Option<Code> {
        match outcome {
            Ok(received) => Some(received.raw.code),
            Err(error) => error.code(),
        }
    }

    /// Returns the delay before the next attempt; `None` if there is none.
    fn delay(
        &mut self,
        outcome: &Result<ReceivedResponse, Error>,
        request: RequestState,
    ) -> Option<Duration> {
        let code = Self::code(outcome);
        let is_idempotent = request.is_idempotent || self.policy.any_method;
        let is_retryable = match (outcome, code) {
            (Err(error), None) if error.is_connect() => is_idempotent || request.is_unsent,
            // An incomplete response that is not a success is retried by its status, below.
            (Err(error), code) if code.is_none_or(Code::is_success) => {
                is_idempotent && error.is_transport()
            }
            (_, Some(code)) => is_idempotent && self.policy.repeats_on(code),
            (_, None) => false,
        };
        if !is_retryable || !request.is_replayable || self.number >= self.policy.attempts {
            return None;
        }
        let backoff = self.backoff.next()?.min(self.policy.max_delay);
        let delay = self.fixed_delay(outcome, code).unwrap_or_else(|| {
            if self.policy.jitter {
                backoff.mul_f64(fastrand::f64())
            } else {
                backoff
            }
        });
        if self.remaining().is_some_and(|remaining| delay >= remaining) {
            return None;
        }
        match &self.policy.budget {
            Some(budget) if !budget.withdraw() => None,
            _ => Some(delay),
        }
    }

    /// Returns the delay that `Retry-After` requests, or else the one that the policy sets for the status.
    fn fixed_delay(
        &self,
        outcome: &Result<ReceivedResponse, Error>,
        code: Option<Code>,
    ) -> Option<Duration> {
        let headers = match outcome {
            Ok(received) => Some(&received.raw.headers),
            Err(error) => error.headers(),
        };
        let for_status = || {
            let mut delays = self.policy.delays.iter().rev();
            let found = delays.find(|(status, _)| Some(*status) == code);
            found.map(|(_, delay)| *delay)
        };
        headers.and_then(retry_after).or_else(for_status)
    }
}

/// Properties of a request that decide whether it can be sent again.
#[derive(Clone, Copy)]
pub(crate) struct RequestState {
    /// Whether sending it twice is safe.
    pub(crate) is_idempotent: bool,
    /// Whether a failed connection means that nothing was sent.
    pub(crate) is_unsent: bool,
    /// Whether its content is still available.
    pub(crate) is_replayable: bool,
}
