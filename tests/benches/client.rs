//! The overhead of a call of the generated client over the same call written by hand with reqwest.
//!
//! Both take turns in one run, with the same server, so that other load on the machine does not change the
//! ratio. The measure is processor time: of the calling thread, and of the whole process, which includes the
//! server.

use std::{error::Error, thread, time::Duration};

use rustix::time::{ClockId, clock_gettime};
use statusquo::{
    Client, Status, StatusResponse, client::reqwest, mock::Mock, server::router, types::Acceptable,
};
use statusquo_tests::http1::serve;
use tokio::runtime::Builder;

/// Requests of each kind.
const REQUESTS: u32 = 50_000;

/// Requests of one kind in a row.
const REQUESTS_PER_TURN: u32 = 250;

fn main() -> Result<(), Box<dyn Error>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || -> Result<(), std::io::Error> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let address = serve(router(Mock)).await?;
            let _ = sender.send(address);
            std::future::pending().await
        })
    });
    let base = format!("http://{}", receiver.recv()?);
    let client = Client::new(&base)?;
    // The settings of the generated client.
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(10))
        .read_timeout(Duration::from_secs(30))
        .timeout(Duration::from_secs(120))
        .user_agent("statusquo/0.1.0")
        .build()?;

    let runtime = Builder::new_current_thread().enable_all().build()?;
    let mut times = [Times::default(); 4];
    let [hand_empty, generated_empty, hand_json, generated_json] = &mut times;
    for turn in 0..=REQUESTS / REQUESTS_PER_TURN {
        // The first turn is a warm-up.
        let measure = |times: &mut Times, call: &dyn Fn() -> Result<(), Box<dyn Error>>| {
            let before = Times::now();
            for _ in 0..REQUESTS_PER_TURN {
                call()?;
            }
            if turn > 0 {
                times.add_since(before);
            }
            Ok::<_, Box<dyn Error>>(())
        };
        measure(hand_empty, &|| runtime.block_on(by_hand(&http, &base, 200)))?;
        measure(generated_empty, &|| {
            runtime.block_on(generated(&client, Status::Ok))
        })?;
        measure(hand_json, &|| runtime.block_on(by_hand(&http, &base, 406)))?;
        measure(generated_json, &|| {
            runtime.block_on(generated(&client, Status::NotAcceptable))
        })?;
    }
    println!("{REQUESTS} requests          by hand   generated   ratio   with the server");
    for (name, [hand, generated]) in [
        ("without content", [hand_empty, generated_empty]),
        ("with JSON", [hand_json, generated_json]),
    ] {
        let microseconds = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(REQUESTS);
        println!(
            "{name:<22} {:>7.2} us  {:>7.2} us   {:.3}   {:.3}",
            microseconds(hand.thread),
            microseconds(generated.thread),
            generated.thread.as_secs_f64() / hand.thread.as_secs_f64(),
            generated.process.as_secs_f64() / hand.process.as_secs_f64(),
        );
    }
    Ok(())
}

/// Processor times of the calling thread and of the process.
#[derive(Clone, Copy, Default)]
struct Times {
    thread: Duration,
    process: Duration,
}

impl Times {
    fn now() -> Self {
        let read = |clock| {
            let time = clock_gettime(clock);
            let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
            Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
        };
        Self {
            thread: read(ClockId::ThreadCPUTime),
            process: read(ClockId::ProcessCPUTime),
        }
    }

    /// Adds the time since another reading.
    fn add_since(&mut self, before: Self) {
        let now = Self::now();
        self.thread += now.thread.saturating_sub(before.thread);
        self.process += now.process.saturating_sub(before.process);
    }
}

async fn by_hand(http: &reqwest::Client, base: &str, code: u16) -> Result<(), Box<dyn Error>> {
    let response = http.get(format!("{base}/status/{code}")).send().await?;
    let status = response.status();
    let body = response.bytes().await?;
    match status.as_u16() {
        200 => Ok(()),
        406 => {
            let accepted: Acceptable = serde_json::from_slice(&body)?;
            drop(accepted);
            Ok(())
        }
        other => Err(other.to_string().into()),
    }
}

async fn generated(client: &Client, status: Status) -> Result<(), Box<dyn Error>> {
    match client.get_status(status).send().await? {
        StatusResponse::Ok | StatusResponse::NotAcceptable(_) => Ok(()),
        other => Err(other.code().to_string().into()),
    }
}
