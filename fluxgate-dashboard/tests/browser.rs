//! The page in a real browser, Chromium, driven by `chromedriver`: see `scripts/browser.sh`.
//!
//! The page itself checks, frame by frame, whether what a test waits for has happened: no test waits for a fixed time.

mod chromium;
mod server;

use std::future::pending;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn};
use chromium::Browser;
use fluxgate::testing::ManualClock;
use fluxgate::{Builder, Changes, CircuitBreaker, Keyed, State, permit, trip, window};
use fluxgate_dashboard::{Access, Dashboard};
use serde_json::{Value, json};
use server::{Events, Server};

fn builder(name: &str) -> Builder {
    CircuitBreaker::builder(name.to_owned())
        .window(window::count(10))
        .trip(trip::min(10) & trip::failure_rate(0.5))
        .permit(permit::all())
        .clock(ManualClock::new())
        .count_calls(true)
}

fn breaker(name: &str) -> CircuitBreaker {
    builder(name).build().expect("valid")
}

async fn serve(access: Access) -> Server {
    let dashboard = Dashboard::new().authorize(move |_| access);
    Server::start(Router::new().nest_service("/breakers", dashboard.router())).await
}

fn fail(breaker: &CircuitBreaker, times: usize) {
    for _ in 0..times {
        let _ = breaker.call(|| Err::<(), _>("down"));
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_breaker_opens_on_the_page_without_reloading_it() {
    let (breaker, _other) = (breaker("zebra"), breaker("antelope"));
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    browser.until("says('zebra', 'Closed') && says('antelope', 'Closed')", json!([])).await;
    browser.run("window.loadedOnce = true; name('zebra').focus();", json!([])).await;
    fail(&breaker, 10);
    browser.until("says('zebra', 'Open')", json!([])).await;
    browser.until("says('zebra', '10 of the last 10 calls failed (100% >= 50%)')", json!([])).await;
    browser.until("says('zebra', 'next attempt in')", json!([])).await;
    let strip = "row('zebra').querySelector('canvas').getAttribute('aria-label').includes('10 failed')";
    browser.until(strip, json!([])).await;
    // It comes first now, and has kept the focus.
    browser.until("row('zebra').getAttribute('aria-rowindex') === '2'", json!([])).await;
    let kept =
        browser.run("return document.activeElement === name('zebra') && window.loadedOnce", json!([])).await;
    assert_eq!(kept, true);
    let said =
        "document.querySelector('#announcement').textContent.includes('zebra is open: 10 of the last 10')";
    browser.until(said, json!([])).await;
    drop(breaker);
    browser.until("!row('zebra') && row('antelope')", json!([])).await;
    browser.close().await;
}

/// Regression: a breaker that a program opened before it had a dashboard, as after a restart, was open without a reason; and the reason
/// of a later opening was lost among the transitions of other breakers.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn an_open_breaker_says_why_whatever_opened_it() {
    let (by_hand, busy) = (breaker("by hand"), breaker("busy"));
    by_hand.open_for(Duration::from_secs(60));
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    browser.until("says('by hand', 'opened by command')", json!([])).await;
    by_hand.reset();
    browser.until("says('by hand', 'Closed') && !says('by hand', 'command')", json!([])).await;
    by_hand.open_for(Duration::from_secs(60));
    for _ in 0..100 {
        busy.force_open();
        busy.reset();
    }
    browser.until("says('by hand', 'opened by command')", json!([])).await;
    browser.close().await;
}

/// Regression: browsers do not draw a hidden tab, and its title kept the number of open breakers that it had when it was last visible.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn the_title_of_a_hidden_tab_is_kept_up_to_date() {
    let breakers = ["one", "other"].map(breaker);
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    browser.until("says('one', 'Closed') && document.title === 'Circuit breakers'", json!([])).await;
    let hide = "const frame = requestAnimationFrame;
        window.requestAnimationFrame = (callback) => callback.name === 'render' ? 0 : frame(callback);";
    browser.run(hide, json!([])).await;
    for breaker in &breakers {
        fail(breaker, 10);
    }
    browser.until("document.title === '(2) Circuit breakers'", json!([])).await;
    // As if the last message were always long ago.
    browser.run("let time = Date.now(); Date.now = () => time += 10_000;", json!([])).await;
    browser.until("document.title === '(?) Circuit breakers'", json!([])).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn new_settings_are_not_reported_as_an_opening() {
    let breaker = breaker("tuned");
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    browser.until("says('tuned', 'Closed')", json!([])).await;
    let latest = "document.querySelector('#changes summary').textContent.includes(arguments[0])";
    breaker.metrics_only();
    fail(&breaker, 10);
    browser.until(latest, json!(["tuned, would have opened: 10 of the last 10 calls failed"])).await;
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(11))).expect("valid");
    browser.until(latest, json!(["tuned, still Metrics only: it has new settings"])).await;
    // A rule that holds as soon as it is set is news.
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(7))).expect("valid");
    browser.until(latest, json!(["tuned, would have opened: 10 failed in a row (10 >= 7)"])).await;
    breaker.force_open();
    browser.until("says('tuned', 'forced open by command')", json!([])).await;
    breaker.reconfigure(&Changes::new().trip(trip::failure_streak(8))).expect("valid");
    browser.until(latest, json!(["tuned, still Forced open: it has new settings"])).await;
    let why = browser.run("return says('tuned', 'forced open by command')", json!([])).await;
    assert_eq!(why, true, "new settings are not why it is forced open");
    browser.close().await;
}

/// Regression: `highest failure rate 0% of 300 calls`, though one of them had failed.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn no_share_is_rounded_to_nothing_or_to_all() {
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    let shares = [0.0, 0.0001, 0.004, 0.01, 0.125, 0.99, 0.996, 0.9999, 1.0];
    let script =
        "return import('/breakers/dashboard/words.js').then((words) => arguments[0].map(words.percent))";
    let said = browser.run(script, json!([shares])).await;
    assert_eq!(said, json!(["0%", "0.1%", "0.4%", "1%", "13%", "99%", "99.6%", "99.9%", "100%"]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_button_asks_before_it_commands() {
    let breaker = breaker("commanded");
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    browser.until("says('commanded', 'Closed')", json!([])).await;
    let asks = "document.querySelector('#confirm-text').innerText.includes(arguments[0])";
    for (command, consequence, label, state) in [
        ("force_open", "refuses every call from now on", "Forced open", State::ForcedOpen),
        ("disable", "The calls that it refuses now will reach the dependency", "Disabled", State::Disabled),
        ("metrics_only", "reports when it would have opened", "Metrics only", State::MetricsOnly),
        ("reset", "guards its calls again", "Closed", State::Closed),
    ] {
        let before = breaker.state();
        browser
            .run(
                "name('commanded').focus(); name('commanded').click(); button(arguments[0]).click();",
                json!([command]),
            )
            .await;
        browser.until(asks, json!([consequence])).await;
        // The safe answer has the focus.
        let focused = browser.run("return document.activeElement.textContent", json!([])).await;
        assert_eq!((focused, breaker.state()), (json!("Cancel"), before));
        browser.run("document.activeElement.click(); button(arguments[0]).click();", json!([command])).await;
        assert_eq!(breaker.state(), before, "cancelled");
        browser.run("document.querySelector('#confirm button.confirm').click()", json!([])).await;
        browser
            .until(
                "!document.querySelector('#confirm').open && says('commanded', arguments[0])",
                json!([label]),
            )
            .await;
        assert_eq!(breaker.state(), state);
        browser.run("document.querySelector('#details .close').click()", json!([])).await;
        let focused = browser.run("return document.activeElement === name('commanded')", json!([])).await;
        assert_eq!(focused, true, "the focus is back where it was");
    }
    // The question follows the breaker's state while the user decides.
    browser.run("name('commanded').click(); button('disable').click();", json!([])).await;
    browser.until(asks, json!(["It is closed now"])).await;
    breaker.force_open();
    browser.until(asks, json!(["It is forced open now"])).await;
    drop(breaker);
    browser.until(asks, json!(["This breaker is gone"])).await;
    let left = "return [...document.querySelectorAll('#details > *')].filter((part) => part.checkVisibility()).length";
    assert_eq!(browser.run(left, json!([])).await, json!(2), "its name, and that it is gone");
    browser.close().await;
}

/// Regression: if the program did not answer, pressing a button had no visible effect.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_command_that_is_not_answered_says_so() {
    let _breaker = breaker("unanswered");
    let dashboard = Dashboard::new().authorize(|_| Access::Control).router();
    let router = Router::new().nest_service("/breakers", dashboard).layer(from_fn(
        async |request: Request, next: Next| {
            if request.method() == Method::POST { pending().await } else { next.run(request).await }
        },
    ));
    let server = Server::start(router).await;
    let browser = Browser::open(&server).await;
    browser.until("row('unanswered')", json!([])).await;
    let press = "window.patience = new AbortController();
        AbortSignal.timeout = () => patience.signal;
        name('unanswered').click(); button('force_open').click(); document.querySelector('#confirm button.confirm').click();";
    browser.run(press, json!([])).await;
    browser.until("document.querySelector('#confirm button.confirm').ariaDisabled", json!([])).await;
    browser.run("patience.abort(new DOMException('', 'TimeoutError'));", json!([])).await;
    browser.until("document.querySelector('#confirm').innerText.includes('no answer')", json!([])).await;
    browser.until("!document.querySelector('#confirm button.confirm').ariaDisabled", json!([])).await;
    browser.close().await;
}

/// Regression: each page held one of the six connections that a browser makes to a server, so that the sixth could not command, and the
/// seventh did not load.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn many_pages_in_one_browser_leave_connections_for_commands() {
    let breakers = ["one", "other"].map(breaker);
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    for _ in 0..7 {
        browser.until("row('one')", json!([])).await;
        let page = browser.ask("/window/new", &json!({"type": "tab"})).await;
        browser.ask("/window", &json!({"handle": page["handle"]})).await;
        browser.ask("/url", &json!({"url": format!("{}/breakers", server.address())})).await;
    }
    browser.until("row('one')", json!([])).await;
    let command = "name('one').click(); button('force_open').click(); document.querySelector('#confirm button.confirm').click();";
    browser.run(command, json!([])).await;
    browser.until("says('one', 'Forced open')", json!([])).await;
    assert_eq!(breakers[0].state(), State::ForcedOpen);
    // Hidden pages learn their titles from the one that has the stream; when it is closed, another takes its place.
    let blank = browser.ask("/window/new", &json!({"type": "tab"})).await;
    browser.ask("/window", &json!({"handle": blank["handle"]})).await;
    for left in (1..=8).rev() {
        breakers[1].reset();
        browser.until_titles_are(left, "Circuit breakers").await;
        fail(&breakers[1], 10);
        browser.until_titles_are(left, "(1) Circuit breakers").await;
        let page = browser.pages().await.pop().expect("one is left");
        browser.devtools("Target.closeTarget", json!({"targetId": page["targetId"]})).await;
    }
    browser.close().await;
}

/// Regression: a page without a stream of events said forever that it was connecting.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_page_too_many_says_why_it_is_empty() {
    let _breaker = breaker("crowded");
    let server = serve(Access::ReadOnly).await;
    let mut others = Vec::new();
    for _ in 0..64 {
        others.push(Events::open(&server).await);
    }
    let browser = Browser::open(&server).await;
    let says = "document.querySelector('#connection').textContent.includes(arguments[0])";
    browser.until(says, json!(["not connected: the maximum number of pages is open"])).await;
    drop(others);
    browser.until("row('crowded')", json!([])).await;
    browser.until(says, json!(["live"])).await;
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn with_read_only_access_there_are_no_buttons() {
    let _breaker = breaker("looked at");
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    browser.until("row('looked at')", json!([])).await;
    browser.run("name('looked at').click()", json!([])).await;
    let seen = "return [button('reset').checkVisibility(), document.querySelector('#details .read-only').checkVisibility()]";
    assert_eq!(browser.run(seen, json!([])).await, json!([false, true]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_hostile_name_does_nothing() {
    let names = [
        "<img src=x onerror=\"window.pwned = 1\">",
        "\"'><script>window.pwned = 1</script>",
        "../../evil\n\u{202e}%2f..?#{{7*7}}${window.pwned = 1}",
        "..",
        "events",
        "__proto__",
        "\u{3164}",
        " ",
        " two  spaces ",
        "\u{a0}",
        "\\u{a}",
    ];
    let breakers = names.map(breaker);
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    let room_for_all = json!({"width": 1300, "height": 2000, "deviceScaleFactor": 1, "mobile": false});
    browser.devtools("Emulation.setDeviceMetricsOverride", room_for_all).await;
    for (name, breaker) in names.iter().zip(&breakers) {
        let shown = match *name {
            " " => "\\u{20}".to_owned(),
            " two  spaces " => "\\u{20}two\\u{20} spaces\\u{20}".to_owned(),
            "\\u{a}" => "\\u{5c}u{a}".to_owned(),
            _ => ['\n', '\u{202e}', '\u{3164}', '\u{a0}'].iter().fold((*name).to_owned(), |name, &hidden| {
                name.replace(hidden, &format!("\\u{{{:x}}}", u32::from(hidden)))
            }),
        };
        browser.until("row(arguments[0])", json!([shown])).await;
        fail(breaker, 1);
        let strip =
            "row(arguments[0]).querySelector('canvas').getAttribute('aria-label').includes('1 failed')";
        browser.until(strip, json!([shown])).await;
        let commands = "name(arguments[0]).click(); button('force_open').click(); document.querySelector('#confirm button.confirm').click();";
        browser.run(commands, json!([shown])).await;
        browser.until("says(arguments[0], 'Forced open')", json!([shown])).await;
        assert_eq!(breaker.state(), State::ForcedOpen);
        browser.run("document.querySelector('#details .close').click()", json!([])).await;
    }
    let harm = "return [window.pwned ?? null, document.images.length, document.scripts.length]";
    assert_eq!(browser.run(harm, json!([])).await, json!([null, 0, 1]));
    browser.close().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn figures_are_not_cut_off_at_any_width() {
    let slow = |milliseconds| trip::slow_rate(0.3, Duration::from_millis(milliseconds));
    let rule = trip::failure_rate(0.5).sure(0.95) & (slow(1_250) | slow(12_500));
    let breaker = builder("whole").window(window::count(1_000)).trip(rule).build().expect("valid");
    (0..858).for_each(|_| breaker.call(|| Ok::<_, ()>(())).expect("it is well"));
    fail(&breaker, 145);
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    for width in [500, 800, 1_100, 1_400, 1_920] {
        browser.ask("/window/rect", &json!({"width": width, "height": 900})).await;
        browser.until("says('whole', '(14.5%, not 95% sure to be > 50%)')", json!([])).await;
        let cut = "const cut = (shown) => shown.scrollWidth > shown.clientWidth || shown.scrollHeight > shown.clientHeight;
                   return [row('whole'), ...row('whole').querySelectorAll('.conditions, .conditions span:last-child')].filter(cut).length";
        assert_eq!(browser.run(cut, json!([])).await, json!(0), "{width}");
    }
    browser.close().await;
}

/// Regression: where the system chooses the colours of a page, but not of what it draws, the legend had none.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn the_legend_shows_the_colours_of_the_bars_in_high_contrast() {
    let _breaker = breaker("contrasted");
    let server = serve(Access::ReadOnly).await;
    let browser = Browser::open(&server).await;
    let forced = json!({"features": [{"name": "forced-colors", "value": "active"}]});
    browser.ask("/goog/cdp/execute", &json!({"cmd": "Emulation.setEmulatedMedia", "params": forced})).await;
    browser
        .until("says('contrasted', 'Closed') && matchMedia('(forced-colors: active)').matches", json!([]))
        .await;
    let colours = "const keys = [...document.querySelectorAll('#head .key')];
        return new Set(keys.map((key) => getComputedStyle(key, '::before').backgroundColor)).size;";
    assert_eq!(browser.run(colours, json!([])).await, 4);
    browser.close().await;
}

/// A family of breakers is one line until it is unfolded.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_family_is_one_line_until_it_is_unfolded() {
    let _alone = breaker("alone");
    let hosts: Keyed<String> = builder("hosts").keyed().max_keys(200).build().expect("valid");
    let host = |nth: usize| hosts.get(&format!("host-{nth}.example.org"));
    // They are held, so there is no room for others.
    let all: Vec<_> = (0..200).map(host).collect();
    for breaker in &all {
        breaker.call(|| Ok::<_, ()>(())).expect("it is well");
    }
    hosts.get("no room").call(|| Ok::<_, ()>(())).expect("it is well");
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    browser.until("document.querySelector('#states .count').textContent === '202'", json!([])).await;
    browser.until("lines() === 2 && family('hosts').innerText.includes('× 201')", json!([])).await;
    browser.until("family('hosts').innerText.includes('all of them')", json!([])).await;
    fail(&host(7), 9);
    fail(&host(8), 9);
    for expected in [
        "Open",
        "2 open, 199 closed",
        "host-7.example.org: 9 of the last 10 calls failed (90% >= 50%)",
        "host-8.example.org: 9 of the last 10",
        "min(10) & failure_rate(0.5)",
    ] {
        browser.until("family('hosts').innerText.includes(arguments[0])", json!([expected])).await;
    }
    let strip = "family('hosts').querySelector('canvas').getAttribute('aria-label').includes('18 failed')";
    browser.until(strip, json!([])).await;
    // Unfolded, the worst states come first.
    browser.run("window.loadedOnce = true; fold('hosts').focus(); fold('hosts').click()", json!([])).await;
    browser.until("lines() === 203 && says('hosts{host-7.example.org}', 'Open')", json!([])).await;
    let order = "return ['hosts{host-7.example.org}', 'hosts{host-8.example.org}'].map((name) => row(name).getAttribute('aria-rowindex')).sort()";
    assert_eq!(browser.run(order, json!([])).await, json!(["3", "4"]));
    let kept =
        "return document.activeElement === fold('hosts') && fold('hosts').getAttribute('aria-expanded')";
    assert_eq!(browser.run(kept, json!([])).await, json!("true"));
    let named = "return name('hosts{host-7.example.org}').innerText";
    assert_eq!(browser.run(named, json!([])).await, json!("host-7.example.org"));
    browser.run("fold('hosts').click()", json!([])).await;
    browser.until("lines() === 2", json!([])).await;
    // A search shows its matches.
    browser.run(SEARCH, json!(["host-1"])).await;
    browser.until("lines() === 112 && row('hosts{host-1.example.org}')", json!([])).await;
    browser.run("fold('hosts').click()", json!([])).await;
    browser.until("lines() === 1", json!([])).await;
    browser.run(SEARCH, json!(["host-17.example.org"])).await;
    browser
        .until("lines() === 1 && says('hosts{host-17.example.org}', 'hosts{host-17.example.org}')", json!([]))
        .await;
    // A command applies to one breaker.
    let commands = "name(arguments[0]).click(); button('force_open').click(); document.querySelector('#confirm button.confirm').click();";
    browser.run(commands, json!(["hosts{host-17.example.org}"])).await;
    browser.until("says('hosts{host-17.example.org}', 'Forced open')", json!([])).await;
    assert_eq!((host(17).state(), host(18).state()), (State::ForcedOpen, State::Closed));
    browser.run("document.querySelector('#details .close').click()", json!([])).await;
    browser.run(SEARCH, json!([""])).await;
    browser
        .until(
            "lines() === 2 && family('hosts').innerText.includes('2 open, 1 forced open, 198 closed')",
            json!([]),
        )
        .await;
    browser.close().await;
}

const SEARCH: &str = "const search = document.querySelector('#search'); search.value = arguments[0]; search.dispatchEvent(new Event('input'));";

/// In each of three spans, the longest task of the page, and how long a computation took just before: a tenth of a second on a machine
/// with nothing else to do. On a slow or busy one, both take longer.
const LONGEST_TASKS: &str = "
    const done = arguments[arguments.length - 1];
    let [begun, unit, longest] = [0, 0, 0];
    const compute = () => {
      const start = performance.now();
      let hash = 0;
      for (let nth = 0; nth < 7e7; nth++) hash = Math.imul(hash ^ nth, 16777619);
      begun = performance.now();
      [unit, longest] = [begun - start + (hash & 0), 0];
    };
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) if (startTime >= begun) longest = Math.max(longest, duration);
    }).observe({ entryTypes: ['longtask'] });
    const spans = [];
    let frames = 0;
    const frame = () => {
      scrollTo(0, (frames * 97) % (document.body.scrollHeight - innerHeight));
      if (++frames % 150 === 0) {
        spans.push([longest, unit]);
        compute();
      }
      if (spans.length === 3) done(spans); else requestAnimationFrame(frame);
    };
    compute();
    frame();";

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver: scripts/browser.sh"]
async fn a_thousand_breakers_stay_smooth() {
    let family: Keyed<String> = builder("a family").keyed().build().expect("valid");
    let alone = (0..500).map(|nth| breaker(&format!("breaker {nth:03}")));
    let of_family = (500..1_000).map(|nth| family.get(&format!("key {nth}")));
    let breakers: Vec<_> = alone.chain(of_family).collect();
    for breaker in &breakers {
        let _ = breaker.call(|| Ok::<_, ()>(()));
    }
    let server = serve(Access::Control).await;
    let browser = Browser::open(&server).await;
    browser.until("document.querySelector('#states .count').textContent === '1,000'", json!([])).await;
    browser.run("fold('a family').click()", json!([])).await;
    browser.until("lines() === 1001", json!([])).await;
    // All of them change constantly.
    let traffic = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        for nth in 0.. {
            ticks.tick().await;
            for (place, breaker) in breakers.iter().enumerate() {
                let _ = breaker.call(|| if (nth + place) % 7 == 0 { Err("down") } else { Ok(()) });
            }
        }
    });
    let spans = browser.ask("/execute/async", &json!({"script": LONGEST_TASKS, "args": []})).await;
    println!("longest tasks and the computation, in ms: {spans}");
    // The span in which other programs disturbed it least.
    let is_smooth = |span: &Value| span[0].as_f64() <= span[1].as_f64();
    assert!(spans.as_array().expect("spans").iter().any(is_smooth), "{spans}");
    let rows = browser.run("return document.querySelectorAll('#rows [role=row]').length", json!([])).await;
    assert!(
        rows.as_u64().is_some_and(|rows| (1..60).contains(&rows)),
        "only what is in sight is there: {rows}"
    );
    browser.run(SEARCH, json!(["99"])).await;
    browser.until("lines() === 20", json!([])).await;
    traffic.abort();
    browser.close().await;
}
