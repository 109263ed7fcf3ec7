use super::{dialect, endpoint::*, model::*};
use evcs_proto::{
    CpoRouter, CpoService, Ctx, EmspRouter, EmspService, Keys, Lookup, Outcome, Refusal,
    ServerOptions, answer_plaintext, code::Ret, endpoint::Endpoint, model::*,
};
use std::sync::Arc;

fn not_offered<E: Endpoint>() -> Refusal {
    Refusal::new(
        Ret::WRONG_PARAMETERS,
        format!("{} is not offered here (接口未提供)", E::NAME),
    )
}

/// What a charging operator's platform serves to the city (充电运营服务平台): a [`CpoService`] with
/// what 6.10 adds.
pub trait ChargingService: CpoService {
    /// The orders of a car (充电订单信息查询, 1106), Tables 107 to 109.
    fn query_orders_of_car(
        &self,
        cx: &Ctx,
        query: CarOrderQuery,
    ) -> impl Future<Output = Outcome<CarOrders>> + Send {
        let _ = (cx, query);
        async { Err(not_offered::<QueryOrdersOfCar>()) }
    }
}

/// What the city platform serves to charging operators (城市停车管理平台): an [`EmspService`] with
/// what 6.10 adds.
pub trait CityChargingService: EmspService {
    /// A station is new, changed or gone (充电站信息变化推送, 1102), Tables 103, 104.
    fn push_station(
        &self,
        cx: &Ctx,
        push: StationPush,
    ) -> impl Future<Output = Outcome<StationPushReply>> + Send {
        let _ = (cx, push);
        async { Err(not_offered::<PushStation>()) }
    }

    /// A car was charged where it parked (充电订单信息推送, 1105), Tables 105, 106.
    fn push_order(
        &self,
        cx: &Ctx,
        order: CarOrder,
    ) -> impl Future<Output = Outcome<OrderPushReply>> + Send {
        let _ = (cx, order);
        async { Err(not_offered::<PushOrder>()) }
    }
}

impl<S: ChargingService> ChargingService for Arc<S> {
    fn query_orders_of_car(
        &self,
        cx: &Ctx,
        query: CarOrderQuery,
    ) -> impl Future<Output = Outcome<CarOrders>> + Send {
        (**self).query_orders_of_car(cx, query)
    }
}

impl<S: CityChargingService> CityChargingService for Arc<S> {
    fn push_station(
        &self,
        cx: &Ctx,
        push: StationPush,
    ) -> impl Future<Output = Outcome<StationPushReply>> + Send {
        (**self).push_station(cx, push)
    }

    fn push_order(
        &self,
        cx: &Ctx,
        order: CarOrder,
    ) -> impl Future<Output = Outcome<OrderPushReply>> + Send {
        (**self).push_order(cx, order)
    }
}

/// A [`ChargingService`] whose own interfaces are found by their names.
struct Charging<S>(S);

impl<S: ChargingService> CpoService for Charging<S> {
    evcs_proto::for_each_cpo_interface!(park_core::forward_to [one 0]);

    async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
        match interface {
            QueryOrdersOfCar::NAME => {
                let serve = async |cx: Ctx, query| self.0.query_orders_of_car(&cx, query).await;
                answer_plaintext::<QueryOrdersOfCar, _, _>(cx, plaintext, serve).await
            }
            _ => self.0.other(cx, interface, plaintext).await,
        }
    }
}

/// A [`CityChargingService`] whose own interfaces are found by their names.
struct CityCharging<S>(S);

impl<S: CityChargingService> EmspService for CityCharging<S> {
    evcs_proto::for_each_emsp_interface!(park_core::forward_to [one 0]);

    async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
        match interface {
            PushStation::NAME => {
                let serve = async |cx: Ctx, push| self.0.push_station(&cx, push).await;
                answer_plaintext::<PushStation, _, _>(cx, plaintext, serve).await
            }
            PushOrder::NAME => {
                let serve = async |cx: Ctx, order| self.0.push_order(&cx, order).await;
                answer_plaintext::<PushOrder, _, _>(cx, plaintext, serve).await
            }
            _ => self.0.other(cx, interface, plaintext).await,
        }
    }
}

/// How both routers answer unless told otherwise: in this document's [`dialect`]. To change
/// something, begin with this.
pub fn server_options() -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect());
    options
}

/// Serves a [`ChargingService`]: a [`CpoRouter`] that knows 1106.
#[derive(Debug)]
pub struct ChargingRouter;

impl ChargingRouter {
    /// Serves `service` to the operators in `operators`, the city being one, with
    /// [`server_options`].
    #[allow(
        clippy::new_ret_no_self,
        reason = "what follows is the envelope's router"
    )]
    pub fn new(service: impl ChargingService, operators: impl Lookup<Found = Keys>) -> CpoRouter {
        CpoRouter::new(Charging(service), operators).options(server_options())
    }
}

/// Serves a [`CityChargingService`]: an [`EmspRouter`] that knows 1102 and 1105.
#[derive(Debug)]
pub struct CityChargingRouter;

impl CityChargingRouter {
    /// Serves `service` to the charging operators in `operators`, with [`server_options`].
    #[allow(
        clippy::new_ret_no_self,
        reason = "what follows is the envelope's router"
    )]
    pub fn new(
        service: impl CityChargingService,
        operators: impl Lookup<Found = Keys>,
    ) -> EmspRouter {
        EmspRouter::new(CityCharging(service), operators).options(server_options())
    }
}
